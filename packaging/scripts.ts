/*
 * What packages of both families do when they are installed and removed, as sh.
 */

/** Before the command is removed: a hook without it would keep guests from starting. Hooks of another installation stay. */
export const uninstallHooks = `  for hook in vdsm:/usr/libexec/vdsm/hooks/before_vm_start/50_virt2xen \\
    cloudstack:/etc/cloudstack/agent/hooks/libvirt-vm-xml-transformer.sh \\
    cloudstack:/etc/cloudstack/agent/hooks/libvirt-vm-xml-transformer.groovy \\
    libvirt:/etc/libvirt/hooks/libxl.d/50-virt2xen \\
    libvirt:/etc/libvirt/hooks/qemu.d/50-virt2xen; do
    if grep -qs '/usr/bin/virt2xen hook ' "\${hook#*:}"; then
      virt2xen hook uninstall "\${hook%%:*}"
    fi
  done
`;

/** Before the daemon is removed. */
export const stopUnit = `  if [ -d /run/systemd/system ]; then
    systemctl stop virt2xend.service || true
  fi
`;

/** After the guest kit is installed or removed: links of the channels that exist. */
export const reloadKit = `if [ -d /run/systemd/system ]; then
  systemctl daemon-reload || true
fi
if [ -S /run/udev/control ]; then
  udevadm control --reload || true
  udevadm trigger --action=change --subsystem-match=tty --sysname-match='hvc[1-7]' || true
fi
`;

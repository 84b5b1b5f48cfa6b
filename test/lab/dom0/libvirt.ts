import type { Dom0 } from './dom0.js';

/** Starts libvirt in dom0, unless it runs: `virsh -c xen:///system` works then, and goes on to. */
export async function startLibvirt(dom0: Dom0): Promise<void> {
  await dom0.run(`
    virsh -c xen:///system version >/dev/null 2>&1 && exit
    mkdir -p /run/dbus
    dbus-uuidgen --ensure
    dbus-daemon --system --fork
    virtlogd -d
    libvirtd -d
    for second in $(seq 100); do
      virsh -c xen:///system version >/dev/null && exit
      sleep 1
    done
    exit 1`);
}

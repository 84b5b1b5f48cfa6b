import type { Dom0 } from './dom0.js';

/**
 * Starts libvirt in dom0 unless it is running, for `virsh -c xen:///system`. report-sep.c explains why it needs a
 * preload.
 */
export async function startLibvirt(dom0: Dom0): Promise<void> {
  await dom0.run(`
    virsh -c xen:///system version >/dev/null 2>&1 && exit
    mkdir -p /run/dbus
    dbus-uuidgen --ensure
    pidof dbus-daemon >/dev/null || dbus-daemon --system --fork
    pidof virtlogd >/dev/null || virtlogd -d
    LD_PRELOAD=/lab/report-sep.so libvirtd -d
    for second in $(seq 100); do
      virsh -c xen:///system version >/dev/null && exit
      sleep 1
    done
    exit 1`);
}

/** Stops libvirt; its guests continue. */
export async function stopLibvirt(dom0: Dom0): Promise<void> {
  await dom0.run(`
    pid=$(pidof libvirtd) || exit 0
    kill $pid
    while [ -e /proc/$pid ]; do sleep 0.2; done`);
}

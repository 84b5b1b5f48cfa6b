import { chardevId, chardevOption } from './chardev.js';
import { parseQemuOption } from './option.js';
import { oldestQemu } from './version.js';

/** The socket of the daemon for monitors. It is in the configs of guests, so that it cannot change. */
export const portMonitorSocket = '/run/virt2xend-ports.sock';

const monitorId = chardevId('virt2xen-monitor');

/**
 * A monitor that tells the daemon when a program in the guest opens or closes a port: QEMU reports it only to a client that
 * stays connected, and libxl needs its own monitor. QEMU is the client of this socket, and tries again: so the guest starts
 * without a daemon, too, and two device models of one config, as in a migration within a host, do not remove the socket of
 * each other.
 */
export const portMonitorArguments = (): readonly string[] => [
  '-chardev',
  chardevOption(
    monitorId,
    { type: 'unix', mode: 'connect', path: portMonitorSocket, reconnectSeconds: 10 },
    oldestQemu,
  ),
  '-mon',
  `chardev=${monitorId},mode=control`,
];

/** Whether an option and its value are those of the monitor or its chardev. */
export function isPortMonitor(option: string, value: string): boolean {
  const name = { '-chardev': 'id', '-mon': 'chardev' }[option.replace(/^--/, '-')];
  return name !== undefined && parseQemuOption(value).settings.get(name) === monitorId;
}

import type { DomainFacts, PortFacts } from './facts.js';
import { error, ok, warning, type Check, type Finding } from './finding.js';

/** Checks the virtio-serial ports of each domain. */
export const ports: Check = ({ domains }) => domains.flatMap(portsOf);

function portsOf(domain: DomainFacts): readonly Finding[] {
  const { domid, name, ports = [], isSavable } = domain;
  const who = `${name} (${domid})`;
  const unsaved =
    isSavable === false
      ? [
          error(
            'saving',
            `${who} cannot be restored after a save or migration: its virtio-serial ports are not those of its config`,
            'detach the ports that are not in its config',
          ),
        ]
      : [];
  const faults = ports.flatMap((port) => faultOf(port, `port '${port.name}' (${port.nr}) of ${who}`) ?? []);
  const found = [...unsaved, ...faults];
  if (ports.length === 0 || found.length > 0) return found;
  const count = ports.length === 1 ? '1 virtio-serial port' : `${ports.length} virtio-serial ports`;
  return [ok('ports', `${who}: ${count}, open in the guest`)];
}

function faultOf({ state, socket, createdBy }: PortFacts, where: string): Finding | undefined {
  if (socket && !socket.isThere) {
    const fix = createdBy === 'virt2xen' ? 'run virt2xen attach again' : 'restart the domain';
    return error('ports', `${where}: socket does not exist: ${socket.path}`, fix);
  }
  switch (state) {
    case 'open':
      return undefined;
    case 'closed':
      return warning(
        'ports',
        `${where}: no program in the guest has it open`,
        'start the agent in the guest; in Windows, install the driver vioser first',
      );
    case 'unknown':
      return warning(
        'ports',
        `${where}: the device model does not answer`,
        'try again; if it has exited, restart the domain',
      );
  }
}

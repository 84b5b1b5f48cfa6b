import type { Channel } from '../../model/channel.js';
import type { Chardev } from '../../qemu-syntax/chardev.js';
import { chardevOf } from '../../qemu-syntax/connection.js';
import { controllerId, portId } from '../../qemu-syntax/port.js';
import type { DomId } from '../domid.js';
import { keyWrites, pathsOf, type KeyWrite } from '../keys.js';
import type { Plan, PlannedChannel } from '../plan.js';
import { chardevIdOf } from '../served-by.js';
import { formatPermissions } from '../xenstore/permissions.js';
import {
  consoleDevice,
  portDevice,
  shared,
  type ChannelPath,
  type DrawnNode,
  type PathPart,
} from './channel-path.js';
import { endpointOfChardev, endpointParts } from './endpoint.js';

/** The paths of the channels of a plan. */
export const pathsOfPlan = ({ domain, channels }: Plan): readonly ChannelPath[] =>
  channels.map((channel) => pathOf(domain.domid, channel));

function pathOf(domid: DomId, channel: PlannedChannel): ChannelPath {
  const { devid, name, chardev, limitBytes } = channel;
  const { frontend, backend, libxl } = pathsOf(domid, channel);
  const writes = keyWrites(domid, channel);
  const below = (...directories: readonly string[]): readonly DrawnNode[] =>
    writes
      .filter(({ path }) => directories.some((one) => path === one || path.startsWith(`${one}/`)))
      .map(drawNode);
  const place = placeOf(channel);
  return {
    name,
    title: `channel ${devid}`,
    parts: [
      ...endpointParts(endpointOfChardev(chardev), place),
      // A backend in another domain is not a QEMU of ours.
      ...(channel.backend === 'driver-domain' ? [] : [chardevPart(chardevIdOf(devid), chardev, place)]),
      {
        kind: 'backend',
        place,
        title: titleOf(channel.backend),
        details: [...servedAs(channel.backend), bufferOf(limitBytes)],
        directory: backend,
        nodes: below(backend, libxl),
      },
      {
        kind: 'ring',
        place: shared,
        title: 'ring page',
        details: [`PV console ${devid}`],
        directory: frontend,
        nodes: below(frontend),
      },
      consoleDevice(devid, name),
    ],
  };
}

/**
 * The path of a virtio-serial port that a guest is started with.
 * @returns undefined for a channel without a chardev; the conversion has reported it
 */
export function pathOfPort({ name, connection, log, transport }: Channel): ChannelPath | undefined {
  const made = chardevOf(connection);
  if ('refusal' in made) return undefined;
  const chardev: Chardev = { ...made.chardev, ...(log && { log }) };
  const nr = transport?.kind === 'virtio-serial' ? transport.nr : undefined;
  return {
    name,
    title: nr === undefined ? 'port' : `port ${nr}`,
    parts: [
      ...endpointParts(endpointOfChardev(chardev), 'host'),
      ...(nr === undefined ? [] : [chardevPart(portId(nr), chardev, 'host')]),
      { kind: 'backend', place: 'host', title: 'QEMU', details: servedAs('device-model'), nodes: [] },
      {
        kind: 'port',
        place: shared,
        title: 'virtio port',
        details: [`virtio-serial port${nr === undefined ? '' : ` ${nr}`}`, `controller ${controllerId}`],
        nodes: [],
      },
      portDevice(name),
    ],
  };
}

const chardevPart = (id: string, { log }: Chardev, place: string): PathPart => ({
  kind: 'chardev',
  place,
  title: 'chardev',
  details: [id, ...(log ? [`copied to ${log.path}`] : [])],
  nodes: [],
});

const placeOf = ({ backend, backendDomid }: PlannedChannel): string => {
  if (backend === 'stubdomain') return 'stubdomain';
  return backendDomid === 0 ? 'host' : `domain ${backendDomid}`;
};

const titleOf = (backend: string): string =>
  ['qemu', 'device-model', 'stubdomain'].includes(backend) ? 'QEMU' : 'backend';

function servedAs(backend: string): readonly string[] {
  switch (backend) {
    case 'qemu':
      return ['a process for the channels of this domain'];
    case 'device-model':
      return ['the device model of the domain'];
    case 'stubdomain':
      return ['the device model in the stubdomain'];
    case 'driver-domain':
      return ['a console backend'];
    default:
      return [backend];
  }
}

const bufferOf = (bytes: number): string =>
  bytes === 0 ? 'buffers output without a limit' : `buffers up to ${bytes} bytes of output`;

const drawNode = ({ path, value, permissions }: KeyWrite): DrawnNode => ({
  path,
  value,
  permissions: formatPermissions(permissions),
});

import {
  consoleDevice,
  portDevice,
  shared,
  type ChannelPath,
  type PartState,
  type PathPart,
} from '../diagram/channel-path.js';
import { endpointParts, usesOf } from '../diagram/endpoint.js';
import { devIds } from '../devid.js';
import { backendsOf, frontendsOf } from '../keys.js';
import { chardevIdOf } from '../served-by.js';
import { attachedId } from '../qemu/port.js';
import { channelState } from '../xenbus-state.js';
import type { Endpoint } from './endpoint.js';
import type { ChannelStatus, DomainStatus, PortStatus, Server } from './status.js';

/** The paths of the channels and ports of a running domain, with the state of each part. */
export const pathsOfStatus = (status: DomainStatus): readonly ChannelPath[] => [
  ...status.channels.map((channel) => pathOfChannel(status.domain.domid, channel)),
  ...(status.ports ?? []).map(pathOfPort),
];

function pathOfChannel(domid: DomainStatus['domain']['domid'], channel: ChannelStatus): ChannelPath {
  const { devid, name, servedBy, backendDomid, frontendState, backendState } = channel;
  const place = servedBy.kind === 'domain' ? `domain ${servedBy.name ?? servedBy.domid}` : 'host';
  const state = channelState(channel);
  const chardev = chardevOfChannel(channel);
  return {
    name,
    title: `channel ${devid}`,
    parts: [
      ...endpointOfStatus(channel, place),
      ...(chardev === undefined ? [] : [chardevPart(chardev, place)]),
      {
        ...serverPart(servedBy, place),
        state: stateOf(backendState),
        ...(backendDomid !== undefined && { directory: `${backendsOf(domid, backendDomid)}/${devid}` }),
      },
      {
        kind: 'ring',
        place: shared,
        title: 'ring page',
        details: [`PV console ${devid}`],
        state: { text: state, isUp: state === 'connected' },
        directory: `${frontendsOf(domid)}/${devid}`,
        nodes: [],
      },
      { ...consoleDevice(devid, name), state: stateOf(frontendState) },
    ],
  };
}

function pathOfPort(port: PortStatus): ChannelPath {
  const { nr, bus, name, servedBy, createdBy, isSaved, state } = port;
  // The IDs of other ports are those that whoever wrote the config has chosen.
  const id = createdBy === 'virt2xen' ? attachedId(nr) : undefined;
  return {
    name,
    title: `port ${nr}`,
    parts: [
      ...endpointOfStatus(port, 'host'),
      ...(id === undefined ? [] : [chardevPart(id, 'host')]),
      serverPart(servedBy, 'host'),
      {
        kind: 'port',
        place: shared,
        title: 'virtio port',
        details: [
          `virtio-serial port ${nr} of ${bus}`,
          isSaved ? 'saved with the guest' : 'not in the config: the guest cannot be saved',
        ],
        nodes: [],
      },
      { ...portDevice(name), state: { text: state, isUp: state === 'open' } },
    ],
  };
}

function endpointOfStatus(
  { endpoint, queues }: Pick<ChannelStatus, 'endpoint' | 'queues'>,
  place: string,
): readonly PathPart[] {
  const { kind } = endpoint;
  const use = queues ? 'connects to the socket' : usesOf[kind];
  const drawn = { kind, details: addressOf(endpoint), ...(use !== undefined && { use }) };
  if (!queues) return endpointParts(drawn, place);
  const { clients, pending, toGuestBytes, toHostBytes } = queues;
  const many = clients === 1 ? '1 client' : `${clients} clients`;
  const text = `${many}${pending > 0 ? `, ${pending} pending` : ''}`;
  const buffered = `${toGuestBytes} bytes to the guest and ${toHostBytes} to the host are waiting`;
  return endpointParts({ ...drawn, details: [...drawn.details, buffered] }, place, {
    text,
    isUp: clients > 0,
  });
}

function addressOf(endpoint: Endpoint): readonly string[] {
  if ('address' in endpoint) return [endpoint.address];
  return 'path' in endpoint ? [endpoint.path] : [];
}

/** The one of virt2xen, or of libxl for a socket (libxl_console.c); otherwise it is not in the keys. */
function chardevOfChannel({ devid, createdBy, endpoint }: ChannelStatus): string | undefined {
  const ours = devIds.find((known) => known === devid);
  if (createdBy === 'virt2xen') return ours && chardevIdOf(ours);
  return createdBy === 'libxl' && endpoint.kind === 'socket' ? `libxl-channel${devid}` : undefined;
}

const chardevPart = (id: string, place: string): PathPart => ({
  kind: 'chardev',
  place,
  title: 'chardev',
  details: [id],
  nodes: [],
});

function serverPart(servedBy: Server, place: string): PathPart {
  const common = { kind: 'backend', place, nodes: [] } as const;
  switch (servedBy.kind) {
    case 'qemu':
      return { ...common, title: 'QEMU', details: [`process ${servedBy.pids.join(', ')}`] };
    case 'domain':
      return { ...common, title: 'backend', details: [`in domain ${servedBy.domid}`] };
    case 'none':
      return {
        ...common,
        title: 'backend',
        details: ['no process serves this channel; a guest that writes to it may hang'],
      };
  }
}

const stateOf = (text: string): PartState => ({ text, isUp: text === 'connected' });

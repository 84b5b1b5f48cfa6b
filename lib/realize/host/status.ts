import { omitUndefined } from '../../language/omit-undefined.js';
import type { DomId } from '../domid.js';
import { homeOf } from '../keys.js';
import type { PlannedChannel } from '../plan.js';
import type { Chardev, InetAddress } from '../../qemu-syntax/chardev.js';
import type { SocketQueues } from '../socket-queues.js';
import type { Nodes } from '../xenstore/nodes.js';
import { below } from '../xenstore/path.js';
import type { RunningDomain } from '../dom0/domain.js';
import { observeChannels, type Endpoint, type ObservedChannel } from './observe.js';
import { directoryOf } from '../dom0/directory.js';
import { readRecord } from './record.js';
import type { LookAtSocket, ServingQemu } from './serving.js';

/** A channel, and the process or domain that serves it. */
export interface ChannelStatus extends ObservedChannel {
  readonly servedBy: Server;
  /** Clients and buffered bytes of its socket; absent if it has no listening socket or `ss` is missing. */
  readonly queues?: SocketQueues;
}

/** The process or domain that serves a channel's ring. */
export type Server =
  /** Normally one process; several processes would take bytes from each other. */
  | { readonly kind: 'qemu'; readonly pids: readonly number[] }
  /** A backend domain; whether a backend runs in it is not visible from here. */
  | { readonly kind: 'domain'; readonly domid: DomId; readonly name?: string }
  | { readonly kind: 'none' };

/** A domain with its channels, by number. */
export interface DomainStatus {
  readonly domain: RunningDomain;
  readonly channels: readonly ChannelStatus[];
}

/** The state of this host outside xenstore. */
export interface HostView {
  /** The directory of the records, which contain more than the keys. */
  readonly runtimeDirectory: string;
  readonly qemus: readonly ServingQemu[];
  readonly lookAt: LookAtSocket;
}

/** Collects the status of a domain's channels. */
export async function statusOf(store: Nodes, domain: RunningDomain, view: HostView): Promise<DomainStatus> {
  const channels = await observeChannels(store, domain.domid);
  const recorded = await recordedChannels(view.runtimeDirectory, domain);
  const status = channels.map(async (observed): Promise<ChannelStatus> => {
    const made = recorded.find(({ devid, name }) => devid === observed.devid && name === observed.name);
    const endpoint = (made && endpointOf(made.chardev)) ?? observed.endpoint;
    const channel = { ...observed, endpoint };
    const servedBy = await servedByOf(store, domain.domid, channel, view);
    const path = endpoint.kind === 'socket' && servedBy.kind !== 'domain' ? endpoint.path : undefined;
    const queues = path === undefined ? undefined : view.lookAt(path);
    return omitUndefined({ ...channel, servedBy, queues });
  });
  return { domain, channels: await Promise.all(status) };
}

/** Without a readable record, the status comes from the keys alone. */
async function recordedChannels(
  runtimeDirectory: string,
  { domid, uuid }: RunningDomain,
): Promise<readonly PlannedChannel[]> {
  const record = await readRecord(directoryOf(runtimeDirectory, uuid)).catch(() => undefined);
  return record?.domid === domid ? record.channels : [];
}

/** @returns `undefined` for a pty: its terminal is in the keys only */
function endpointOf(chardev: Chardev): Endpoint | undefined {
  switch (chardev.type) {
    case 'pty':
      return undefined;
    case 'null':
      return { kind: 'null' };
    case 'unix':
      return { kind: 'socket', path: chardev.path };
    case 'tcp':
      return { kind: 'tcp', address: textOf(chardev.address) };
    case 'udp':
      return { kind: 'udp', address: textOf(chardev.remote) };
    default:
      return { kind: chardev.type, path: chardev.path };
  }
}

const textOf = ({ host, port }: InetAddress): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

async function servedByOf(
  store: Nodes,
  domid: DomId,
  { backendDomid }: ObservedChannel,
  { qemus }: HostView,
): Promise<Server> {
  if (backendDomid === undefined) return { kind: 'none' };
  if (backendDomid !== 0) {
    const name = await store.read(below(homeOf(backendDomid), 'name'));
    const isThere = (await store.directory(homeOf(backendDomid))) !== undefined;
    if (!isThere) return { kind: 'none' };
    return omitUndefined({ kind: 'domain', domid: backendDomid, name });
  }
  const pids = qemus.filter((qemu) => qemu.domid === domid).map(({ pid }) => pid);
  return pids.length === 0 ? { kind: 'none' } : { kind: 'qemu', pids };
}

import type { DomId } from '../domid.js';
import { homeOf } from '../keys.js';
import type { SocketQueues } from '../socket-queues.js';
import type { Nodes } from '../xenstore/nodes.js';
import { below } from '../xenstore/path.js';
import type { RunningDomain } from './domain.js';
import { observeChannels, type ObservedChannel } from './observe.js';
import type { LookAtSocket, ServingQemu } from './serving.js';

/** A channel, and who stands behind it on this host. */
export interface ChannelStatus extends ObservedChannel {
  readonly server: Server;
  /** What is connected to its socket, and waits there; absent where there is no socket, or nobody can tell. */
  readonly queues?: SocketQueues;
}

/** Who serves a channel's ring. */
export type Server =
  /** One process; more than one take the bytes from each other. */
  | { readonly kind: 'qemu'; readonly pids: readonly number[] }
  /** A domain of its own; whether something works there, only it knows. */
  | { readonly kind: 'domain'; readonly domid: DomId; readonly name?: string }
  | { readonly kind: 'nobody' };

/** A domain with its channels, by number. */
export interface DomainStatus {
  readonly domain: RunningDomain;
  readonly channels: readonly ChannelStatus[];
}

/** What is known of this host beside xenstore. */
export interface HostView {
  readonly qemus: readonly ServingQemu[];
  readonly lookAt: LookAtSocket;
}

/** What there is to know of a domain's channels. */
export async function statusOf(store: Nodes, domain: RunningDomain, view: HostView): Promise<DomainStatus> {
  const channels = await observeChannels(store, domain.domid);
  const status = channels.map(async (channel): Promise<ChannelStatus> => {
    const server = await serverOf(store, domain.domid, channel, view);
    const { hostEnd } = channel;
    const path = hostEnd.kind === 'socket' && server.kind !== 'domain' ? hostEnd.path : undefined;
    const queues = path === undefined ? undefined : view.lookAt(path);
    return { ...channel, server, ...(queues && { queues }) };
  });
  return { domain, channels: await Promise.all(status) };
}

async function serverOf(
  store: Nodes,
  domid: DomId,
  { backendDomid }: ObservedChannel,
  { qemus }: HostView,
): Promise<Server> {
  if (backendDomid === undefined) return { kind: 'nobody' };
  if (backendDomid !== 0) {
    const name = await store.read(below(homeOf(backendDomid), 'name'));
    const isThere = (await store.directory(homeOf(backendDomid))) !== undefined;
    if (!isThere) return { kind: 'nobody' };
    return { kind: 'domain', domid: backendDomid, ...(name !== undefined && { name }) };
  }
  const pids = qemus.filter((qemu) => qemu.domid === domid).map(({ pid }) => pid);
  return pids.length === 0 ? { kind: 'nobody' } : { kind: 'qemu', pids };
}

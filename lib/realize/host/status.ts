import type { DomId } from '../domid.js';
import { homeOf } from '../keys.js';
import type { PlannedChannel } from '../plan.js';
import type { Chardev, InetAddress } from '../qemu/chardev.js';
import type { SocketQueues } from '../socket-queues.js';
import type { Nodes } from '../xenstore/nodes.js';
import { below } from '../xenstore/path.js';
import type { RunningDomain } from './domain.js';
import { observeChannels, type HostEnd, type ObservedChannel } from './observe.js';
import { directoryOf, readRecord } from './record.js';
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
  /** Where virt2xen remembers what it has made: more than the keys tell. */
  readonly runtimeDirectory: string;
  readonly qemus: readonly ServingQemu[];
  readonly lookAt: LookAtSocket;
}

/** What there is to know of a domain's channels. */
export async function statusOf(store: Nodes, domain: RunningDomain, view: HostView): Promise<DomainStatus> {
  const channels = await observeChannels(store, domain.domid);
  const remembered = await rememberedChannels(view.runtimeDirectory, domain);
  const status = channels.map(async (observed): Promise<ChannelStatus> => {
    const made = remembered.find(({ devid, name }) => devid === observed.devid && name === observed.name);
    const hostEnd = (made && hostEndOf(made.chardev)) ?? observed.hostEnd;
    const channel = { ...observed, hostEnd };
    const server = await serverOf(store, domain.domid, channel, view);
    const path = hostEnd.kind === 'socket' && server.kind !== 'domain' ? hostEnd.path : undefined;
    const queues = path === undefined ? undefined : view.lookAt(path);
    return { ...channel, server, ...(queues && { queues }) };
  });
  return { domain, channels: await Promise.all(status) };
}

/** Whoever may not read the record, or finds one of another virt2xen, has the keys. */
async function rememberedChannels(
  runtimeDirectory: string,
  { domid, uuid }: RunningDomain,
): Promise<readonly PlannedChannel[]> {
  const record = await readRecord(directoryOf(runtimeDirectory, uuid)).catch(() => undefined);
  return record?.domid === domid ? record.channels : [];
}

/** @returns nothing for a pty: only the keys tell its terminal */
function hostEndOf(chardev: Chardev): HostEnd | undefined {
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

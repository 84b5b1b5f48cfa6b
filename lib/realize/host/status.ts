import { omitUndefined } from '../../language/omit-undefined.js';
import type { DomId } from '../domid.js';
import { homeOf } from '../keys.js';
import type { PlannedPort } from '../ports.js';
import type { SocketQueues } from '../socket-queues.js';
import type { Nodes } from '../xenstore/nodes.js';
import { below } from '../xenstore/path.js';
import type { RunningDomain } from '../dom0/domain.js';
import { endpointOf } from './endpoint.js';
import { observeChannels, type ObservedChannel } from './observe.js';
import { observePorts, type PortStatus as ObservedPort, type PortsStatus } from './port-status.js';
import { directoryOf } from '../dom0/directory.js';
import { readRecord, type DomainRecord } from './record.js';
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

/** A port, with the QEMU that serves it. */
export interface PortStatus extends ObservedPort, Pick<ChannelStatus, 'servedBy' | 'queues'> {}

/** A domain with its PV consoles and virtio-serial ports, by number. */
export interface DomainStatus extends Partial<Omit<PortsStatus, 'ports'>> {
  readonly domain: RunningDomain;
  readonly channels: readonly ChannelStatus[];
  /** Absent if its device model has no virtio-serial controller. */
  readonly ports?: readonly PortStatus[];
}

/** The state of this host outside xenstore. */
export interface HostView {
  /** The directory of the records, which contain more than the keys. */
  readonly runtimeDirectory: string;
  readonly qemus: readonly ServingQemu[];
  readonly lookAt: LookAtSocket;
  /** The directory of the monitors of device models. Absent: ports are not observed. */
  readonly qmpDirectory?: string;
}

/** Collects the status of a domain's channels. */
export async function statusOf(store: Nodes, domain: RunningDomain, view: HostView): Promise<DomainStatus> {
  const channels = await observeChannels(store, domain.domid);
  const { channels: recorded = [], ports = [] } = (await recordOf(view.runtimeDirectory, domain)) ?? {};
  const status = channels.map(async (observed): Promise<ChannelStatus> => {
    const made = recorded.find(({ devid, name }) => devid === observed.devid && name === observed.name);
    const endpoint = (made && endpointOf(made.chardev)) ?? observed.endpoint;
    const channel = { ...observed, endpoint };
    const servedBy = await servedByOf(store, domain.domid, channel, view);
    const path = endpoint.kind === 'socket' && servedBy.kind !== 'domain' ? endpoint.path : undefined;
    const queues = path === undefined ? undefined : view.lookAt(path);
    return omitUndefined({ ...channel, servedBy, queues });
  });
  return { domain, channels: await Promise.all(status), ...(await portsOf(store, domain, view, ports)) };
}

async function portsOf(
  store: Nodes,
  domain: RunningDomain,
  { qmpDirectory, qemus, lookAt }: HostView,
  recorded: readonly PlannedPort[],
): Promise<Omit<DomainStatus, 'domain' | 'channels'>> {
  if (qmpDirectory === undefined) return {};
  const observed = await observePorts(store, domain, qmpDirectory, recorded);
  if (!observed) return {};
  const servedBy = servedFromHere(domain.domid, qemus);
  const ports = observed.ports.map((port): PortStatus => {
    const { endpoint } = port;
    const queues = endpoint.kind === 'socket' ? lookAt(endpoint.path) : undefined;
    return omitUndefined({ ...port, servedBy, queues });
  });
  return { ...observed, ports };
}

/** Without a readable record, the status comes from the keys alone. */
async function recordOf(
  runtimeDirectory: string,
  { domid, uuid }: RunningDomain,
): Promise<DomainRecord | undefined> {
  const record = await readRecord(directoryOf(runtimeDirectory, uuid)).catch(() => undefined);
  return record?.domid === domid ? record : undefined;
}

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
  return servedFromHere(domid, qemus);
}

function servedFromHere(domid: DomId, qemus: readonly ServingQemu[]): Server {
  const pids = qemus.filter((qemu) => qemu.domid === domid).map(({ pid }) => pid);
  return pids.length === 0 ? { kind: 'none' } : { kind: 'qemu', pids };
}

import { access, constants, lstat, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { omitUndefined } from '../../language/omit-undefined.js';
import type {
  CalledProgram,
  ChannelFacts,
  DirectoryFacts,
  DomainFacts,
  HostFacts,
  PortFacts,
  SocketFacts,
} from '../doctor/facts.js';
import { defaultQmpDirectory } from '../dom0/host.js';
import type { Endpoint } from './endpoint.js';
import { findQemu } from '../qemu/binary.js';
import { QemuError } from '../qemu/error.js';
import { isSocket } from '../qemu/socket.js';
import { formatQemuVersion } from '../../qemu-syntax/version.js';
import { Xenstore } from '../xenstore/client.js';
import { XenstoreError } from '../xenstore/error.js';
import { listDomains, type RunningDomain } from '../dom0/domain.js';
import { recordedDomains } from './record.js';
import { lookAtSockets, servingQemus } from './serving.js';
import { statusOf, type ChannelStatus, type DomainStatus, type PortStatus } from './status.js';
import { probeXl } from './xl-probe.js';

/** What to inspect. */
export interface Places {
  /** The socket of xenstored. */
  readonly store: string;
  readonly runtimeDirectory: string;
  /** The directory of the monitors of device models (default: that of libxl). */
  readonly qmpDirectory?: string;
  /** QEMUs to try instead of the default ones. */
  readonly qemus?: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Inspects this host, and changes nothing. What cannot be determined is a fact, too: it never throws for that. */
export async function gatherFacts(places: Places): Promise<HostFacts> {
  const { environment, runtimeDirectory } = places;
  const [store, qemu, xl] = await Promise.all([
    lookAtStore(places),
    lookForQemu(places.qemus),
    probeXl('xl', environment),
  ]);
  const running = 'domains' in store ? store.domains.map(({ domain }) => domain.uuid) : undefined;
  const recorded = await recordedDomains(runtimeDirectory);
  return {
    uid: process.geteuid?.() ?? -1,
    hypervisor: await lookAtHypervisor(),
    store: { path: places.store, ...('problem' in store && { problem: store.problem }) },
    qemu,
    runtimeDirectory: await lookAtDirectory(runtimeDirectory),
    programs: await lookForPrograms(environment['PATH'] ?? ''),
    xl,
    domains: 'domains' in store ? await Promise.all(store.domains.map(factsOf)) : [],
    leftovers: running ? recorded.filter((uuid) => !running.includes(uuid)) : [],
  };
}

async function lookAtStore({
  store: path,
  runtimeDirectory,
  qmpDirectory = defaultQmpDirectory,
}: Places): Promise<
  { readonly domains: readonly DomainStatus[] } | { readonly problem: { code: string; reason: string } }
> {
  try {
    await using store = await Xenstore.connect(path);
    const view = {
      runtimeDirectory,
      qmpDirectory,
      qemus: await servingQemus(),
      lookAt: await lookAtSockets(),
    };
    const status = (domain: RunningDomain): Promise<DomainStatus> => statusOf(store, domain, view);
    return { domains: await Promise.all((await listDomains(store)).map(status)) };
  } catch (error) {
    if (!(error instanceof XenstoreError)) throw error;
    return { problem: { code: error.code, reason: error.reason } };
  }
}

async function factsOf({ domain, channels, ports, isSavable }: DomainStatus): Promise<DomainFacts> {
  const { domid, name } = domain;
  return omitUndefined({
    domid,
    name,
    channels: await Promise.all(channels.map(channelFacts)),
    ports: ports && (await Promise.all(ports.map(portFacts))),
    isSavable,
  });
}

async function channelFacts(channel: ChannelStatus): Promise<ChannelFacts> {
  const { devid, name, createdBy, frontendState, servedBy, endpoint } = channel;
  return omitUndefined({
    devid,
    name,
    createdBy,
    frontendState,
    servedBy,
    socket: await socketFacts(endpoint),
  });
}

async function portFacts({ nr, name, createdBy, state, endpoint }: PortStatus): Promise<PortFacts> {
  return omitUndefined({ nr, name, createdBy, state, socket: await socketFacts(endpoint) });
}

async function socketFacts(endpoint: Endpoint): Promise<SocketFacts | undefined> {
  if (endpoint.kind !== 'socket') return undefined;
  const { path } = endpoint;
  return { path, isThere: await isSocket(path) };
}

async function lookForQemu(candidates: readonly string[] | undefined): Promise<HostFacts['qemu']> {
  try {
    const { path, version } = await findQemu(candidates);
    return { path, version: formatQemuVersion(version) };
  } catch (error) {
    if (!(error instanceof QemuError)) throw error;
    return { problem: error.message };
  }
}

async function lookAtHypervisor(): Promise<HostFacts['hypervisor']> {
  const type = (await readIfThere('/sys/hypervisor/type'))?.trim();
  const capabilities = (await readIfThere('/proc/xen/capabilities')) ?? '';
  return { ...(type !== undefined && { type }), isControlDomain: capabilities.includes('control_d') };
}

async function lookAtDirectory(path: string): Promise<DirectoryFacts> {
  const status = await lstat(path).catch(() => undefined);
  if (!status) return { path };
  return { path, found: { isDirectory: status.isDirectory(), uid: status.uid, mode: status.mode & 0o7777 } };
}

async function lookForPrograms(searchPath: string): Promise<Readonly<Record<CalledProgram, boolean>>> {
  const isThere = async (program: CalledProgram): Promise<boolean> => {
    const found = searchPath.split(delimiter).map((directory) =>
      access(join(directory, program), constants.X_OK).then(
        () => true,
        () => false,
      ),
    );
    return (await Promise.all(found)).includes(true);
  };
  return { flock: await isThere('flock'), getent: await isThere('getent'), ss: await isThere('ss') };
}

const readIfThere = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch(() => undefined);

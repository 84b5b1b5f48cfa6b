import { Report, type Diagnostic } from '../../diagnostics/diagnostic.js';
import { originOf } from '../../diagnostics/origin.js';
import { omitUndefined } from '../../language/omit-undefined.js';
import { isPort, type Channel } from '../../model/channel.js';
import type { Backend } from '../backends/backend.js';
import { chooseBackend } from '../backends/choose.js';
import type { DevId } from '../devid.js';
import { domId, type DomId } from '../domid.js';
import { RealizeError } from '../error.js';
import { plan, type Plan } from '../plan.js';
import { privateAccess, type SocketAccess } from '../qemu/access.js';
import { converge, type ConvergedChannel } from './converge.js';
import { presentChannels, type PresentChannel } from './consoles.js';
import { listDomains, type RunningDomain } from '../dom0/domain.js';
import type { Host } from '../dom0/host.js';
import { convergePorts, planPortsFor, type AttachedPort } from './ports.js';
import { Session } from './session.js';
import { sweep } from './sweep.js';

export interface AttachOptions {
  /** `auto`, a built-in backend, or a module (default: `auto`). */
  readonly backend?: string;
  /** How many bytes of guest output are buffered for a slow reader (default: 1 MiB, as libxl). */
  readonly limitBytes?: number;
  /** Mode and owner of the sockets (default: root only). */
  readonly access?: SocketAccess;
  /** Create virtio-serial ports that are not in the config of the guest: it must not be saved or migrated with them. */
  readonly allowUnsaved?: boolean | undefined;
  /** The file name of the document that the daemon attaches; it is recorded. */
  readonly document?: string;
}

export interface AttachResult {
  readonly domain: RunningDomain;
  readonly backend: string;
  /** The channels of the document, in its order. */
  readonly channels: readonly AttachedChannel[];
  /** The names of channels of an earlier document that are not in this one. */
  readonly removed: readonly string[];
  /** If one of them is an error, nothing was changed. */
  readonly diagnostics: readonly Diagnostic[];
}

/** `foreign`: libxl has created a channel of that name and serves it; it is not changed. */
export type AttachedChannel =
  | ConvergedChannel
  | { readonly devid: DevId; readonly name: string; readonly change: 'foreign' }
  | AttachedPort;

/**
 * Creates the channels of a document in a running domain, and removes those of an earlier document that are
 * not in this one. A second call with the same document changes nothing; after an interruption at any
 * point, the next call completes or undoes the work. Channels created by other programs are never changed.
 *
 * @throws RealizeError `gone` if the domain ends meanwhile; everything is cleaned up then; `busy`, `backend`, `record`
 * @throws QemuError, QmpError, XenstoreError: new channels are cleaned up then, too
 */
export async function attach(
  host: Host,
  domain: RunningDomain,
  channels: readonly Channel[],
  options: AttachOptions = {},
): Promise<AttachResult> {
  await sweep(host);
  return await attachToOne(host, domain, channels, options);
}

/** The same for a caller that cleans up after other domains itself. */
export async function attachToOne(
  host: Host,
  domain: RunningDomain,
  channels: readonly Channel[],
  options: AttachOptions = {},
): Promise<AttachResult> {
  const { access = privateAccess, document } = options;
  await using session = await Session.begin(host, domain, access);
  session.document = document;
  return await session.whileThere(async () => {
    const backend = await chooseBackend(
      options.backend ?? 'auto',
      host.store,
      domain,
      session.record?.backend,
    );
    const report = new Report();
    const foreign = await foreignChannels(session);
    const names = new Map(foreign.map(({ name, devid }) => [name, devid]));
    const ours = channels.filter((channel) => !isPort(channel) && !names.has(channel.name));
    const planned = await planFor(session, ours, backend, { foreign, options, report });
    const portPlan = await planPortsFor(session, channels, options, report);
    const result = { domain, backend: backend.name, diagnostics: report.diagnostics };
    if (report.hasErrors) return { ...result, channels: [], removed: [] };
    const { ports, removed } = portPlan
      ? await convergePorts(session, portPlan, { backend: backend.name, access })
      : { ports: [], removed: [] };
    const converged = await converge(session, planned.channels, backend);
    const attached = channels.map((channel): AttachedChannel => {
      const { name } = channel;
      const port = isPort(channel) ? ports.find((one) => one.name === name) : undefined;
      if (port) return port;
      const devid = names.get(name);
      if (devid !== undefined) return { devid, name, change: 'foreign' };
      const made = converged.channels.find((channel) => channel.name === name);
      if (!made) throw new RealizeError('channel', `channel '${name}' was not created`);
      return made;
    });
    return { ...result, channels: attached, removed: [...removed, ...converged.removed] };
  });
}

/** Channels that virt2xen has not created. */
async function foreignChannels({ host, domain, recorded }: Session): Promise<readonly PresentChannel[]> {
  const present = await presentChannels(host.store, domain.domid);
  return present.filter(({ devid }) => !recorded.some((channel) => channel.devid === devid));
}

async function planFor(
  { host, domain, recorded }: Session,
  channels: readonly Channel[],
  backend: Backend,
  {
    foreign,
    options,
    report,
  }: { foreign: readonly PresentChannel[]; options: AttachOptions; report: Report },
): Promise<Plan> {
  const backendDomains = await domainsNamed(host, channels);
  for (const channel of channels) {
    const { backendDomain } = channel;
    if (backendDomain === undefined || backendDomains.has(backendDomain)) continue;
    const message = `channel '${channel.name}': backend domain '${backendDomain}' does not exist`;
    report.add('channel-attach', message, originOf(channel, 'backendDomain'));
  }
  const others = channels.filter(({ backendDomain }) => backendDomain === undefined);
  const { limitBytes } = options;
  return plan(
    channels.filter(({ backendDomain }) => backendDomain === undefined || backendDomains.has(backendDomain)),
    domain,
    omitUndefined({
      servedBy: backend,
      // Not needed if no channel uses it.
      backendDomid: others.length === 0 ? domId(0) : await backend.domidFor(domain, host),
      backendDomains,
      present: new Map(recorded.map(({ name, devid }) => [name, devid])),
      taken: new Set(foreign.map(({ devid }) => devid)),
      limitBytes,
    }),
    report,
  );
}

/** The backend domains that channels name, by name. */
async function domainsNamed(host: Host, channels: readonly Channel[]): Promise<ReadonlyMap<string, DomId>> {
  const wanted = new Set(channels.flatMap(({ backendDomain }) => backendDomain ?? []));
  if (wanted.size === 0) return new Map();
  const running = await listDomains(host.store);
  return new Map(
    [...wanted].flatMap((name) => {
      const found = running.find((domain) => domain.name === name || String(domain.domid) === name);
      return found ? [[name, found.domid] as const] : [];
    }),
  );
}

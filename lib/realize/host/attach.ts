import { Report, type Diagnostic } from '../../diagnostics/diagnostic.js';
import { originOf } from '../../diagnostics/origin.js';
import type { Channel } from '../../model/channel.js';
import type { Backend } from '../backends/backend.js';
import { chooseBackend } from '../backends/choose.js';
import type { DevId } from '../devid.js';
import { domId, type DomId } from '../domid.js';
import { RealizeError } from '../error.js';
import { plan, type Plan } from '../plan.js';
import { privateAccess, type SocketAccess } from '../qemu/access.js';
import { converge, type ConvergedChannel } from './converge.js';
import { presentChannels, type PresentChannel } from './consoles.js';
import { listDomains, type RunningDomain } from './domain.js';
import type { Host } from './host.js';
import { Session } from './session.js';
import { sweep } from './sweep.js';

export interface AttachOptions {
  /** `auto`, one of ours by name, or a module; `auto` if absent. */
  readonly backend?: string;
  /** How much of a guest's output is held back for a slow reader, in bytes; libxl's 1 MiB if absent. */
  readonly limitBytes?: number;
  /** Of the sockets; root alone if absent. */
  readonly access?: SocketAccess;
}

export interface AttachResult {
  readonly domain: RunningDomain;
  readonly backend: string;
  /** The channels of the document, in its order. */
  readonly channels: readonly AttachedChannel[];
  /** The names of those that an earlier document had, and this one has not. */
  readonly removed: readonly string[];
  /** What cannot be had. With an error among it, nothing was changed. */
  readonly diagnostics: readonly Diagnostic[];
}

/** `foreign`: libxl made a channel of that name, and serves it; it is left as it is. */
export type AttachedChannel =
  ConvergedChannel | { readonly devid: DevId; readonly name: string; readonly change: 'foreign' };

/**
 * Makes the channels of a document exist in a running domain, and takes away those that an earlier document
 * had and this one has not. Called again with the same, it changes nothing; after an interruption at any
 * point, it finishes or undoes what was begun. Channels that others have made are never touched.
 *
 * @throws RealizeError `gone` if the domain goes meanwhile, with nothing left of it; `busy`, `backend`, `record`
 * @throws QemuError, QmpError, XenstoreError: nothing new is left then, either
 */
export async function attach(
  host: Host,
  domain: RunningDomain,
  channels: readonly Channel[],
  options: AttachOptions = {},
): Promise<AttachResult> {
  const { access = privateAccess } = options;
  await sweep(host);
  await using session = await Session.begin(host, domain, access);
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
    const ours = channels.filter(({ name }) => !names.has(name));
    const planned = await planFor(session, ours, backend, { foreign, options, report });
    const result = { domain, backend: backend.name, diagnostics: report.diagnostics };
    if (report.hasErrors) return { ...result, channels: [], removed: [] };
    const converged = await converge(session, planned.channels, backend);
    const attached = channels.map(({ name }): AttachedChannel => {
      const devid = names.get(name);
      if (devid !== undefined) return { devid, name, change: 'foreign' };
      const made = converged.channels.find((channel) => channel.name === name);
      if (!made) throw new RealizeError('channel', `channel '${name}' was not made`);
      return made;
    });
    return { ...result, channels: attached, removed: converged.removed };
  });
}

/** Those that virt2xen knows nothing of. */
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
    const message = `channel '${channel.name}': there is no domain '${backendDomain}' to serve it`;
    report.add('channel-attach', message, originOf(channel, 'backendDomain'));
  }
  const others = channels.filter(({ backendDomain }) => backendDomain === undefined);
  const { limitBytes } = options;
  return plan(
    channels.filter(({ backendDomain }) => backendDomain === undefined || backendDomains.has(backendDomain)),
    domain,
    {
      servedBy: backend,
      // Without channels of its own, it need not be there.
      backendDomid: others.length === 0 ? domId(0) : await backend.domidFor(domain, host),
      backendDomains,
      present: new Map(recorded.map(({ name, devid }) => [name, devid])),
      taken: new Set(foreign.map(({ devid }) => devid)),
      ...(limitBytes !== undefined && { limitBytes }),
    },
    report,
  );
}

/** The domains that channels name, by those names. dom0 serves by a QEMU, too, but not by itself. */
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

import { Report } from '../diagnostics/diagnostic.js';
import { renderDiagnostics } from '../diagnostics/render.js';
import { omitUndefined } from '../language/omit-undefined.js';
import { readChannelDocument } from '../realize/document.js';
import { findDomain, type RunningDomain } from '../realize/dom0/domain.js';
import { RealizeError } from '../realize/error.js';
import { lookAtSockets, servingQemus } from '../realize/host/serving.js';
import { statusOf, type ChannelStatus, type DomainStatus, type PortStatus } from '../realize/host/status.js';
import { channelState } from '../realize/xenbus-state.js';
import type { AgentSocket } from './agent-watch.js';
import type { EventBus } from './bus.js';
import type { ChannelSocket } from './client-watch.js';
import type { Daemon } from './daemon.js';
import { documentFor } from './documents.js';
import type { DaemonEvent } from './events.js';
import type { Metrics } from './metrics.js';
import { parseDocumentOptions } from './options.js';
import { forgetDocument, persistDocument, type DocumentToPersist, type DomainToPersist } from './persist.js';
import { codeOf } from './reconcile.js';
import { invalidParameter, VarlinkError } from './varlink/error.js';
import type { Parameters } from './varlink/messages.js';
import type { Method } from './varlink/server.js';

/** The methods of the interface io.virt2xen. */
export function controlMethods(
  daemon: Daemon,
  bus: EventBus,
  metrics: Metrics,
): Readonly<Record<string, Method>> {
  const reply = (work: (parameters: Parameters) => Promise<Parameters>): Method => ({
    reply: (parameters) => work(parameters).catch(fail),
  });
  return {
    'io.virt2xen.List': reply(async () => ({ domains: await list(daemon) })),
    'io.virt2xen.Status': reply(async ({ domain }) => ({
      status: await status(daemon, textOf('domain', domain)),
    })),
    'io.virt2xen.Attach': reply(async ({ domain, document, options }) => ({
      file: await attach(daemon, textOf('domain', domain), textOf('document', document), optionsOf(options)),
    })),
    'io.virt2xen.Detach': reply(async ({ domain, channels }) => ({
      file: await detach(daemon, textOf('domain', domain), namesOf(channels)),
    })),
    'io.virt2xen.Reload': reply(async () => {
      await daemon.reload();
      return {
        documents: daemon.documents.all.map(({ file, desired, problem }) =>
          omitUndefined({ file, isActive: desired !== undefined, problem }),
        ),
      };
    }),
    'io.virt2xen.Metrics': reply(async () => ({ text: await metrics.text() })),
    'io.virt2xen.Monitor': {
      replies: async function* (_parameters, signal) {
        const events = bus.events(signal);
        // So that the client knows that nothing is missed from now on.
        const count = daemon.documents.all.filter(({ desired }) => desired).length;
        yield { event: eventForClients({ event: 'documents-loaded', count }) };
        for await (const event of events) yield { event: eventForClients(event) };
      },
    },
  };
}

/** The socket of a channel and its clients, for AgentWatch. */
export async function findAgentSocket(
  daemon: Daemon,
  domain: RunningDomain,
  channel: string,
): Promise<AgentSocket | undefined> {
  const status = await statusOf(daemon.connection.store, domain, await viewOf(daemon));
  return socketsIn(status).find((socket) => socket.channel === channel);
}

/** The sockets of all channels of a domain, for ClientWatch, which looks for the clients itself. */
export async function findSockets(daemon: Daemon, domain: RunningDomain): Promise<readonly ChannelSocket[]> {
  const view = { ...directoriesOf(daemon), qemus: [], lookAt: () => undefined };
  return socketsIn(await statusOf(daemon.connection.store, domain, view));
}

const socketsIn = ({ channels, ports = [] }: DomainStatus): readonly (ChannelSocket & AgentSocket)[] =>
  [...channels, ...ports].flatMap(({ name, endpoint, queues }) =>
    endpoint.kind === 'socket' ? [{ channel: name, path: endpoint.path, clients: queues?.clients }] : [],
  );

/** An event as the interface describes it. */
export const eventForClients = (event: DaemonEvent): Parameters => ({
  ...event,
  time: new Date().toISOString(),
});

/** Turns an error of the host into one of the interface. */
function fail(error: unknown): never {
  if (error instanceof VarlinkError) throw error;
  const reason = error instanceof Error ? error.message : String(error);
  throw new VarlinkError('io.virt2xen.Failed', { code: codeOf(error), reason });
}

/** The type DomainChannels of the interface. */
interface DomainChannels {
  readonly domain: RunningDomain;
  readonly document?: string;
  readonly failure?: string;
  readonly channels: readonly object[];
}

async function list(daemon: Daemon): Promise<readonly DomainChannels[]> {
  const { domains } = daemon.connection;
  const view = await viewOf(daemon);
  const all = await Promise.all(
    domains.all.map(async (domain) =>
      describe(daemon, await statusOf(daemon.connection.store, domain, view)),
    ),
  );
  return all.filter(({ channels, document }) => document !== undefined || channels.length > 0);
}

async function status(daemon: Daemon, text: string): Promise<DomainChannels> {
  const { store } = daemon.connection;
  const domain = await findDomain(store, text).catch((error: unknown) => {
    if (error instanceof RealizeError && error.failure === 'domain')
      throw new VarlinkError('io.virt2xen.DomainNotFound', { domain: text });
    throw error;
  });
  return describe(daemon, await statusOf(store, domain, await viewOf(daemon)));
}

const directoriesOf = ({ host: { runtimeDirectory, qmpDirectory } }: Daemon) => ({
  runtimeDirectory,
  qmpDirectory,
});

const viewOf = async (daemon: Daemon) => ({
  ...directoriesOf(daemon),
  qemus: await servingQemus(),
  lookAt: await lookAtSockets(),
});

function describe(daemon: Daemon, { domain, channels, ports = [] }: DomainStatus): DomainChannels {
  return omitUndefined({
    domain,
    document: documentFor(daemon.documents, domain)?.file,
    failure: daemon.failureOf(domain.uuid),
    channels: [
      ...channels.map((channel) => ({
        ...common(channel),
        devid: channel.devid,
        state: channelState(channel),
      })),
      ...ports.map((port) => ({ ...common(port), port: port.nr, state: port.state })),
    ],
  });
}

const common = ({ name, createdBy, endpoint, servedBy, queues }: ChannelStatus | PortStatus) =>
  omitUndefined({
    name,
    createdBy,
    endpoint: endpoint.kind,
    path: 'path' in endpoint ? endpoint.path : undefined,
    pids: servedBy.kind === 'qemu' ? servedBy.pids : [],
    clients: queues?.clients,
  });

async function attach(
  daemon: Daemon,
  text: string,
  document: string,
  given: Readonly<Record<string, string>>,
): Promise<string> {
  const lines = Object.entries(given).map(([key, value]) => {
    if (/[\r\n=]/.test(key) || /[\r\n]/.test(value)) throw invalidParameter('options');
    return `${key} = ${value}\n`;
  });
  const report = new Report();
  const options = parseDocumentOptions(lines.join(''), report);
  reject('options', lines.join(''), report.diagnostics);
  const { source, name, uuid, diagnostics } = readChannelDocument(
    document,
    omitUndefined({ transport: options.transport }),
  );
  reject('document', source, diagnostics);
  const domain = domainNamed(daemon, text);
  const isXml = source.trimStart().startsWith('<');
  const written: DocumentToPersist = omitUndefined({ text: source, isXml, name, uuid });
  const file = await persistDocument(daemon.documentDirectory, domain, written, options);
  await settle(daemon, domain);
  return file;
}

async function detach(daemon: Daemon, text: string, names: readonly string[]): Promise<string> {
  const domain = domainNamed(daemon, text);
  const file = await forgetDocument(daemon.documentDirectory, domain, names);
  if (file === undefined) throw new VarlinkError('io.virt2xen.DomainNotFound', { domain: text });
  await settle(daemon, domain);
  return file;
}

/** Waits for the pass that follows a change. @throws VarlinkError if it failed */
async function settle(daemon: Daemon, { uuid }: DomainToPersist): Promise<void> {
  await daemon.reload();
  if (uuid === undefined) return;
  await daemon.workOn(uuid);
  const reason = daemon.failureOf(uuid);
  if (reason !== undefined) throw new VarlinkError('io.virt2xen.Failed', { code: 'pass', reason });
}

/** A running domain, by ID, name or UUID; otherwise the name of one that does not run. */
function domainNamed({ connection: { domains } }: Daemon, text: string): DomainToPersist {
  const found = domains.all.filter(
    ({ domid, name, uuid }) => [String(domid), name].includes(text) || uuid === text.toLowerCase(),
  );
  if (found.length > 1) throw new RealizeError('domain', `domain '${text}' is ambiguous; use a UUID`);
  return found[0] ?? { name: text };
}

function reject(parameter: string, source: string, diagnostics: Report['diagnostics']): void {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  const reason = renderDiagnostics(errors, { file: parameter, source });
  throw new VarlinkError('io.virt2xen.Failed', { code: 'rejected', reason });
}

function textOf(parameter: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw invalidParameter(parameter);
}

function namesOf(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.every((name) => typeof name === 'string')) return value;
  throw invalidParameter('channels');
}

function optionsOf(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {};
  const entries = typeof value === 'object' && !Array.isArray(value) ? Object.entries(value) : undefined;
  if (!entries?.every((entry): entry is [string, string] => typeof entry[1] === 'string'))
    throw invalidParameter('options');
  return Object.fromEntries(entries);
}

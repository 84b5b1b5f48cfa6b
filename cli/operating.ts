import { findDomain, listDomains } from '../lib/realize/dom0/domain.js';
import { drawPaths } from '../lib/realize/diagram/text.js';
import { pathsOfStatus } from '../lib/realize/host/diagram.js';
import { lookAtSockets, servingQemus } from '../lib/realize/host/serving.js';
import type { ObservedChannel } from '../lib/realize/host/observe.js';
import {
  waitForPort,
  type PortGoal,
  type PortStatus as ObservedPort,
} from '../lib/realize/host/port-status.js';
import {
  statusOf,
  type ChannelStatus,
  type DomainStatus,
  type HostView,
} from '../lib/realize/host/status.js';
import { waitForChannel, type Goal, type Waited } from '../lib/realize/host/wait.js';
import { Xenstore } from '../lib/realize/xenstore/client.js';
import { socketPath } from '../lib/realize/xenstore/socket.js';
import { channelState } from '../lib/realize/xenbus-state.js';
import { columns } from './columns.js';
import { exitCodes } from './exit-codes.js';
import { guarded, printJson } from './guarded.js';
import { print, printError } from './terminal.js';

export { examineHost } from './doctor.js';

export interface ListOptions {
  readonly json: boolean;
  readonly runtimeDir: string;
  readonly qmpDir: string;
}

export interface StatusOptions extends ListOptions {
  readonly domain: string;
  readonly diagram: boolean;
}

export interface WaitOptions {
  readonly json: boolean;
  readonly domain: string;
  readonly name: string;
  readonly for: Goal | PortGoal;
  readonly qmpDir: string;
  readonly timeout: number | undefined;
}

/** `virt2xen list`. @returns the exit status */
export async function listChannels({ json, runtimeDir, qmpDir }: ListOptions): Promise<number> {
  return await guarded(json, async () => {
    await using store = await Xenstore.connect(socketPath(process.env));
    const view = await hostView(runtimeDir, qmpDir);
    const all = await Promise.all((await listDomains(store)).map((domain) => statusOf(store, domain, view)));
    const domains = all.filter(({ channels, ports = [] }) => channels.length + ports.length > 0);
    if (json) printJson({ domains });
    else {
      const rows = domains.flatMap(({ domain, channels, ports = [] }) => [
        ...channels.map((channel) => [
          String(domain.domid),
          domain.name,
          String(channel.devid),
          channel.name,
          channelState(channel),
          channel.createdBy,
          endpointOf(channel),
        ]),
        ...ports.map((port) => [
          String(domain.domid),
          domain.name,
          `port ${port.nr}`,
          port.name,
          port.isSaved ? port.state : `${port.state}, unsaved`,
          port.createdBy,
          endpointOf(port),
        ]),
      ]);
      print('stdout', columns(['ID', 'DOMAIN', 'DEVID', 'CHANNEL', 'STATE', 'CREATED BY', 'ENDPOINT'], rows));
    }
    return exitCodes.done;
  });
}

/** `virt2xen status`. @returns the exit status */
export async function showStatus(args: StatusOptions): Promise<number> {
  const { json, diagram, domain: text, runtimeDir, qmpDir } = args;
  return await guarded(json, async () => {
    await using store = await Xenstore.connect(socketPath(process.env));
    const status = await statusOf(store, await findDomain(store, text), await hostView(runtimeDir, qmpDir));
    if (json) printJson(status);
    else if (diagram) print('stdout', drawPaths(pathsOfStatus(status)));
    else {
      const heading = [
        'DEVID',
        'CHANNEL',
        'GUEST',
        'BACKEND',
        'SERVED BY',
        'ENDPOINT',
        'CLIENTS',
        'BUFFERED',
      ];
      const rows = status.channels.map((channel) => [
        String(channel.devid),
        channel.name,
        channel.frontendState,
        channel.backendState,
        servedByOf(channel),
        endpointOf(channel),
        clientsOf(channel),
        waitingIn(channel),
      ]);
      print('stdout', columns(heading, rows));
      printPorts(status);
    }
    return exitCodes.done;
  });
}

/** The virtio-serial ports of a domain, and whether the guest can be saved with them. */
function printPorts({ domain, ports, sparePorts = 0, isSavable }: DomainStatus): void {
  if (!ports) return;
  const rows = ports.map((port) => [
    String(port.nr),
    port.name,
    port.state,
    port.isSaved ? 'yes' : 'no',
    servedByOf(port),
    endpointOf(port),
    clientsOf(port),
    waitingIn(port),
  ]);
  const heading = ['PORT', 'CHANNEL', 'GUEST', 'SAVED', 'SERVED BY', 'ENDPOINT', 'CLIENTS', 'BUFFERED'];
  print('stdout', `\n${columns(heading, rows)}\nspare ports: ${sparePorts}\n`);
  if (isSavable !== false) return;
  printError(
    `do not save or migrate ${domain.name}: its ports are not those of its config, so it could not be restored; detach the channels that are not saved`,
  );
}

/** `virt2xen wait`. @returns the exit status */
export async function waitFor(args: WaitOptions): Promise<number> {
  const { json, domain: text, name, for: goal, timeout } = args;
  return await guarded(json, async () => {
    await using store = await Xenstore.connect(socketPath(process.env));
    const domain = await findDomain(store, text);
    const signal = timeout === undefined ? undefined : AbortSignal.timeout(timeout * 1000);
    const { outcome, state, ...found } =
      goal === 'open' || goal === 'closed'
        ? await waitOnPort({ store, qmpDirectory: args.qmpDir }, domain, name, goal, signal)
        : await waitOnChannel(store, domain, name, goal, signal);
    if (json) printJson({ domain, outcome, ...found });
    if (outcome === 'reached') return exitCodes.done;
    const why =
      outcome === 'domain-ended' ? 'the domain has ended' : `timeout after ${timeout ?? 0} s, ${state}`;
    if (!json) printError(`channel '${name}' of ${domain.name} not ${goal}: ${why}`);
    return outcome === 'domain-ended' ? exitCodes.environment : exitCodes.document;
  });
}

interface WaitOutcome {
  readonly outcome: Waited['outcome'];
  /** For messages. */
  readonly state: string;
  readonly channel?: ObservedChannel;
  readonly port?: ObservedPort;
}

async function waitOnPort(...args: Parameters<typeof waitForPort>): Promise<WaitOutcome> {
  const waited = await waitForPort(...args);
  return { ...waited, state: waited.port ? `state is ${waited.port.state}` : 'port does not exist' };
}

async function waitOnChannel(...args: Parameters<typeof waitForChannel>): Promise<WaitOutcome> {
  const waited = await waitForChannel(...args);
  const state = waited.channel ? `state is ${channelState(waited.channel)}` : 'channel does not exist';
  return { ...waited, state };
}

const hostView = async (runtimeDirectory: string, qmpDirectory: string): Promise<HostView> => ({
  runtimeDirectory,
  qmpDirectory,
  qemus: await servingQemus(),
  lookAt: await lookAtSockets(),
});

function endpointOf({ endpoint }: Pick<ChannelStatus, 'endpoint'>): string {
  if ('address' in endpoint) return `${endpoint.kind} ${endpoint.address}`;
  return 'path' in endpoint ? `${endpoint.kind} ${endpoint.path}` : endpoint.kind;
}

function servedByOf({ servedBy }: Pick<ChannelStatus, 'servedBy'>): string {
  switch (servedBy.kind) {
    case 'qemu':
      return `qemu ${servedBy.pids.join(', ')}`;
    case 'domain':
      return `domain ${servedBy.name ?? servedBy.domid}`;
    case 'none':
      return 'none';
  }
}

function clientsOf({ queues }: Pick<ChannelStatus, 'queues'>): string {
  if (!queues) return '';
  return queues.pending === 0 ? String(queues.clients) : `${queues.clients} (${queues.pending} pending)`;
}

function waitingIn({ queues }: Pick<ChannelStatus, 'queues'>): string {
  if (!queues) return '';
  const { toGuestBytes, toHostBytes } = queues;
  return `${toGuestBytes} to guest, ${toHostBytes} to host`;
}

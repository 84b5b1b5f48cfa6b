import { findDomain, listDomains } from '../lib/realize/dom0/domain.js';
import { lookAtSockets, servingQemus } from '../lib/realize/host/serving.js';
import { statusOf, type ChannelStatus, type HostView } from '../lib/realize/host/status.js';
import { waitForChannel, type Goal } from '../lib/realize/host/wait.js';
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
}

export interface StatusOptions extends ListOptions {
  readonly domain: string;
}

export interface WaitOptions {
  readonly json: boolean;
  readonly domain: string;
  readonly name: string;
  readonly for: Goal;
  readonly timeout: number | undefined;
}

/** `virt2xen list`. @returns the exit status */
export async function listChannels({ json, runtimeDir }: ListOptions): Promise<number> {
  return await guarded(json, async () => {
    await using store = await Xenstore.connect(socketPath(process.env));
    const view = await hostView(runtimeDir);
    const all = await Promise.all((await listDomains(store)).map((domain) => statusOf(store, domain, view)));
    const domains = all.filter(({ channels }) => channels.length > 0);
    if (json) printJson({ domains });
    else {
      const rows = domains.flatMap(({ domain, channels }) =>
        channels.map((channel) => [
          String(domain.domid),
          domain.name,
          String(channel.devid),
          channel.name,
          channelState(channel),
          channel.createdBy,
          endpointOf(channel),
        ]),
      );
      print('stdout', columns(['ID', 'DOMAIN', 'DEVID', 'CHANNEL', 'STATE', 'CREATED BY', 'ENDPOINT'], rows));
    }
    return exitCodes.done;
  });
}

/** `virt2xen status`. @returns the exit status */
export async function showStatus({ json, domain: text, runtimeDir }: StatusOptions): Promise<number> {
  return await guarded(json, async () => {
    await using store = await Xenstore.connect(socketPath(process.env));
    const status = await statusOf(store, await findDomain(store, text), await hostView(runtimeDir));
    if (json) printJson(status);
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
    }
    return exitCodes.done;
  });
}

/** `virt2xen wait`. @returns the exit status */
export async function waitFor(args: WaitOptions): Promise<number> {
  const { json, domain: text, name, for: goal, timeout } = args;
  return await guarded(json, async () => {
    await using store = await Xenstore.connect(socketPath(process.env));
    const domain = await findDomain(store, text);
    const signal = timeout === undefined ? undefined : AbortSignal.timeout(timeout * 1000);
    const { outcome, channel } = await waitForChannel(store, domain, name, goal, signal);
    if (json) printJson({ domain, outcome, channel });
    if (outcome === 'reached') return exitCodes.done;
    const state = channel ? `state is ${channelState(channel)}` : 'channel does not exist';
    const why =
      outcome === 'domain-ended' ? 'the domain has ended' : `timeout after ${timeout ?? 0} s, ${state}`;
    if (!json) printError(`channel '${name}' of ${domain.name} not ${goal}: ${why}`);
    return outcome === 'domain-ended' ? exitCodes.environment : exitCodes.document;
  });
}

const hostView = async (runtimeDirectory: string): Promise<HostView> => ({
  runtimeDirectory,
  qemus: await servingQemus(),
  lookAt: await lookAtSockets(),
});

function endpointOf({ endpoint }: ChannelStatus): string {
  if ('address' in endpoint) return `${endpoint.kind} ${endpoint.address}`;
  return 'path' in endpoint ? `${endpoint.kind} ${endpoint.path}` : endpoint.kind;
}

function servedByOf({ servedBy }: ChannelStatus): string {
  switch (servedBy.kind) {
    case 'qemu':
      return `qemu ${servedBy.pids.join(', ')}`;
    case 'domain':
      return `domain ${servedBy.name ?? servedBy.domid}`;
    case 'none':
      return 'none';
  }
}

function clientsOf({ queues }: ChannelStatus): string {
  if (!queues) return '';
  return queues.pending === 0 ? String(queues.clients) : `${queues.clients} (${queues.pending} pending)`;
}

function waitingIn({ queues }: ChannelStatus): string {
  if (!queues) return '';
  const { toGuestBytes, toHostBytes } = queues;
  return `${toGuestBytes} to guest, ${toHostBytes} to host`;
}

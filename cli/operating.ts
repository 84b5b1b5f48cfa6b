import { findDomain, listDomains } from '../lib/realize/host/domain.js';
import { lookAtSockets, servingQemus } from '../lib/realize/host/serving.js';
import { statusOf, type ChannelStatus, type HostView } from '../lib/realize/host/status.js';
import { waitForChannel } from '../lib/realize/host/wait.js';
import { Xenstore } from '../lib/realize/xenstore/client.js';
import { socketPath } from '../lib/realize/xenstore/socket.js';
import { inOneWord } from '../lib/realize/xenbus-state.js';
import { columns } from './columns.js';
import type { ListArguments } from './commands/list.js';
import type { StatusArguments } from './commands/status.js';
import type { WaitArguments } from './commands/wait.js';
import { exitCodes } from './exit-codes.js';
import { guarded, printJson } from './guarded.js';
import { print } from './terminal.js';

export { examineHost } from './doctor.js';

/** `virt2xen list`. @returns the exit status */
export async function listChannels({ json, runtimeDir }: ListArguments): Promise<number> {
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
          inOneWord(channel),
          channel.madeBy,
          hostEndOf(channel),
        ]),
      );
      print('stdout', columns(['ID', 'DOMAIN', 'DEVID', 'CHANNEL', 'STATE', 'MADE BY', 'HOST END'], rows));
    }
    return exitCodes.done;
  });
}

/** `virt2xen status`. @returns the exit status */
export async function showStatus({ json, domain: text, runtimeDir }: StatusArguments): Promise<number> {
  return await guarded(json, async () => {
    await using store = await Xenstore.connect(socketPath(process.env));
    const status = await statusOf(store, await findDomain(store, text), await hostView(runtimeDir));
    if (json) printJson(status);
    else {
      const heading = ['DEVID', 'CHANNEL', 'GUEST', 'BACKEND', 'SERVED BY', 'HOST END', 'CLIENTS', 'WAITING'];
      const rows = status.channels.map((channel) => [
        String(channel.devid),
        channel.name,
        channel.frontend,
        channel.backend,
        serverOf(channel),
        hostEndOf(channel),
        clientsOf(channel),
        waitingIn(channel),
      ]);
      print('stdout', columns(heading, rows));
    }
    return exitCodes.done;
  });
}

/** `virt2xen wait`. @returns the exit status */
export async function waitFor(args: WaitArguments): Promise<number> {
  const { json, domain: text, name, for: goal, timeout } = args;
  return await guarded(json, async () => {
    await using store = await Xenstore.connect(socketPath(process.env));
    const domain = await findDomain(store, text);
    const signal = timeout === undefined ? undefined : AbortSignal.timeout(timeout * 1000);
    const { outcome, channel } = await waitForChannel(store, domain, name, goal, signal);
    if (json) printJson({ domain, outcome, channel });
    if (outcome === 'reached') return exitCodes.done;
    const state = channel ? `its state is ${inOneWord(channel)}` : 'there is no such channel';
    const why = outcome === 'domain-gone' ? 'the domain is gone' : `not within ${timeout ?? 0} s; ${state}`;
    if (!json) print('stderr', `virt2xen: channel '${name}' of ${domain.name} is not ${goal}: ${why}\n`);
    return outcome === 'domain-gone' ? exitCodes.environment : exitCodes.document;
  });
}

const hostView = async (runtimeDirectory: string): Promise<HostView> => ({
  runtimeDirectory,
  qemus: await servingQemus(),
  lookAt: await lookAtSockets(),
});

function hostEndOf({ hostEnd }: ChannelStatus): string {
  if ('address' in hostEnd) return `${hostEnd.kind} ${hostEnd.address}`;
  return 'path' in hostEnd ? `${hostEnd.kind} ${hostEnd.path}` : hostEnd.kind;
}

function serverOf({ server }: ChannelStatus): string {
  switch (server.kind) {
    case 'qemu':
      return `qemu ${server.pids.join(', ')}`;
    case 'domain':
      return `domain ${server.name ?? server.domid}`;
    case 'nobody':
      return 'nobody';
  }
}

function clientsOf({ queues }: ChannelStatus): string {
  if (!queues) return '';
  return queues.queued === 0 ? String(queues.clients) : `${queues.clients} and ${queues.queued} in line`;
}

function waitingIn({ queues }: ChannelStatus): string {
  if (!queues) return '';
  const { toGuestBytes, toHostBytes } = queues;
  return `${toGuestBytes} to guest, ${toHostBytes} to host`;
}

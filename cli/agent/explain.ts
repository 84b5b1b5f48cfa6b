import { setTimeout as delay } from 'node:timers/promises';
import { readFile } from '../../lib/agent/file.js';
import type { AgentError, AgentFailure } from '../../lib/agent/error.js';
import { findDomain, type RunningDomain } from '../../lib/realize/dom0/domain.js';
import type { DomId } from '../../lib/realize/domid.js';
import { clientsOfSocket } from '../../lib/realize/host/serving.js';
import { Xenstore } from '../../lib/realize/xenstore/client.js';
import { socketPath } from '../../lib/realize/xenstore/socket.js';
import type { FoundEndpoint } from './channel.js';
import type { AgentContext } from './context.js';

/** What has happened, and what to do. */
export interface Explanation {
  readonly failure: AgentFailure;
  readonly message: string;
}

const started = Date.now();
const uptimeMs = 2000;
/** What a toolstack may take to remove a domain, or to create it again. */
const toolstackMs = 3000;

/**
 * Determines why an agent does not answer. For a domain, xenstore shows whether it has ended or rebooted; for a
 * socket, the kernel shows who else is connected; in the guest, its uptime shows whether it has rebooted.
 * @returns undefined if there is nothing to add
 */
export async function explain(
  { failure }: AgentError,
  context: AgentContext,
  { endpoint, domid }: FoundEndpoint,
): Promise<Explanation | undefined> {
  switch (failure) {
    case 'timeout':
      return endpoint.kind === 'socket' ? await otherClient(endpoint.path) : undefined;
    case 'restarted':
      return await rebootOrRestart(context);
    case 'closed':
      return await endOfDomain(context, domid);
    default:
      return undefined;
  }
}

/** QEMU serves one client at a time; the others are connected, and hear nothing. */
export async function otherClient(path: string): Promise<Explanation | undefined> {
  const clients = await clientsOfSocket(path);
  if (!clients || clients.some(({ pid }) => pid === process.pid)) return undefined;
  const names = clients.map(({ pid, name }) =>
    pid === undefined ? 'another process' : `process ${pid} (${name ?? 'unknown'})`,
  );
  if (names.length === 0) {
    return {
      failure: 'busy',
      message: 'the process that serves it (QEMU) does not accept the connection; it hangs',
    };
  }
  return {
    failure: 'busy',
    message: `in use by ${names.join(', ')}; QEMU serves one client at a time: end that client, or wait for it`,
  };
}

/** The guest runs for less time than this process: it has rebooted. Linux only. */
async function rebootOrRestart({ session }: AgentContext): Promise<Explanation | undefined> {
  let text = '';
  for await (const bytes of readFile(session, '/proc/uptime', { timeoutMs: uptimeMs })) {
    text += new TextDecoder().decode(bytes);
  }
  const [, seconds] = /^([0-9.]+) /.exec(text) ?? [];
  if (seconds === undefined) return undefined;
  const message =
    Number(seconds) * 1000 < Date.now() - started
      ? 'the guest rebooted before the command ended; repeat the command if it is still needed'
      : 'the agent was killed or restarted before the command ended; check what the guest has executed, and repeat the command';
  return { failure: 'restarted', message };
}

/** @param domid what the domain had as the command started; a domain that reboots gets another */
async function endOfDomain({ target }: AgentContext, domid?: DomId): Promise<Explanation | undefined> {
  if (target.kind !== 'domain') return undefined;
  const now = await domainAfter(target.domain, domid);
  const message =
    now === undefined
      ? `domain ${target.domain} has ended`
      : now.domid === domid
        ? 'the QEMU that served the channel has exited; check virt2xen status, then repeat the command'
        : `domain ${target.domain} has rebooted, its ID is ${now.domid} now; repeat the command if it is still needed`;
  return { failure: 'closed', message };
}

/**
 * The domain after its channel has closed. QEMU ends before the toolstack removes a domain, or creates that of a guest
 * that reboots again.
 */
async function domainAfter(domain: string, domid?: DomId): Promise<RunningDomain | undefined> {
  await using store = await Xenstore.connect(socketPath(process.env));
  const end = Date.now() + toolstackMs;
  for (;;) {
    const found = await findDomain(store, domain).catch(() => undefined);
    if ((found && found.domid !== domid) || Date.now() > end) return found;
    await delay(200);
  }
}

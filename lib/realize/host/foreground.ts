import { setTimeout as delay } from 'node:timers/promises';
import type { Channel } from '../../model/channel.js';
import { RealizeError } from '../error.js';
import { homeOf } from '../keys.js';
import { privateAccess } from '../qemu/access.js';
import { qmpSocketOf } from '../qemu/argv.js';
import { untilExit } from '../qemu/lifeline.js';
import { runningQemu, type RunningQemu } from '../qemu/pid.js';
import { QmpError } from '../qmp/error.js';
import { supervise, type End, type SupervisionEvent } from '../supervise.js';
import { below } from '../xenstore/path.js';
import { attach, type AttachOptions } from './attach.js';
import { Changes } from './changes.js';
import { cleanUpAfter, detach } from './detach.js';
import { isThere, type RunningDomain } from '../dom0/domain.js';
import type { Host } from '../dom0/host.js';
import { directoryOf, lifelineOf, qemuDirectoryOf } from '../dom0/directory.js';
import { readRecord } from './record.js';
import { Session } from './session.js';

/** The channels that `keepAttached` attaches. */
export interface Attachment {
  readonly domain: RunningDomain;
  readonly channels: readonly Channel[];
  readonly options?: AttachOptions;
}

/**
 * Attaches channels and keeps them served: a dedicated QEMU that exits is restarted; the guest sees only a
 * pause. Detaches and returns when the domain ends or `signal` is aborted. If this process is killed, QEMU
 * keeps serving the channels, and the next run finds it.
 *
 * @throws what attach and detach throw, except `gone`; XenstoreError if the connection is lost: the channels stay then
 */
export async function keepAttached(
  host: Host,
  { domain, channels, options }: Attachment,
  signal: AbortSignal,
  tell: (event: SupervisionEvent) => void,
): Promise<End> {
  const wasIntroduced = await host.store.isIntroduced(domain.domid);
  let serving: Serving = 'other';
  const ended = supervise(
    {
      attach: async () => {
        await attach(host, domain, channels, options);
        serving = await servingNow(host, domain);
      },
      detach: async (why) => {
        if (why === 'domain-ended') await cleanUpAfter(host, domain);
        else await detach(host, domain);
      },
      unserved: (over) => untilUnserved(host, domain, serving, over),
      domainEnded: (over) => untilGone(host, { domain, wasIntroduced }, over),
      isDetached: () => isDetached(host, domain),
      delay: (milliseconds, over) => delay(milliseconds, undefined, { signal: over }),
      now: () => performance.now(),
      tell,
    },
    signal,
  );
  try {
    return await ended;
  } catch (error) {
    // The domain ended during the first attach, which has cleaned up.
    if (!(error instanceof RealizeError && error.failure === 'gone')) throw error;
    tell({ event: 'ended', why: 'domain-ended' });
    return 'domain-ended';
  }
}

/** What serves the channels: a dedicated QEMU (`undefined` if it has exited), or libxl, a plug-in, another domain. */
type Serving = RunningQemu | undefined | 'other';

async function servingNow({ runtimeDirectory }: Host, { uuid }: RunningDomain): Promise<Serving> {
  const directory = directoryOf(runtimeDirectory, uuid);
  const record = await readRecord(directory);
  if (record && !record.channels.some(({ backend }) => backend === 'qemu')) return 'other';
  return await runningQemu(qemuDirectoryOf(directory));
}

/** Never returns for channels that a dedicated QEMU does not serve: those are not restarted here. */
async function untilUnserved(
  { runtimeDirectory }: Host,
  { uuid }: RunningDomain,
  serving: Serving,
  signal: AbortSignal,
): Promise<string> {
  if (serving === 'other') return await aborted(signal);
  if (!serving) return 'no QEMU is running';
  const directory = directoryOf(runtimeDirectory, uuid);
  const watched = { monitor: qmpSocketOf(qemuDirectoryOf(directory)), lifeline: lifelineOf(directory) };
  try {
    await untilExit(watched, signal);
  } catch (error) {
    if (!(error instanceof QmpError)) throw error;
    if (error.failure !== 'unreachable' && error.failure !== 'closed') return error.message;
  }
  signal.throwIfAborted();
  return `QEMU (pid ${serving.pid}) exited`;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}

/**
 * A domain that has ended is no longer introduced, even if its nodes remain; a domain that is still being
 * built is not introduced yet.
 */
async function untilGone(
  { store }: Host,
  { domain, wasIntroduced }: { readonly domain: RunningDomain; readonly wasIntroduced: boolean },
  signal: AbortSignal,
): Promise<void> {
  const vm = below(homeOf(domain.domid), 'vm');
  await using changes = await Changes.of(store, [vm, '@introduceDomain', '@releaseDomain'], signal);
  for (let wasAlive = wasIntroduced; ;) {
    await changes.next();
    const isAlive = await store.isIntroduced(domain.domid);
    if (!(await isThere(store, domain)) || (wasAlive && !isAlive)) return;
    wasAlive ||= isAlive;
  }
}

/** Takes the lock first: a detach stops QEMU before it removes the record. */
async function isDetached(host: Host, domain: RunningDomain): Promise<boolean> {
  await using session = await Session.begin(host, domain, privateAccess);
  return session.record === undefined;
}

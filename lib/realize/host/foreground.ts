import { setTimeout as delay } from 'node:timers/promises';
import type { Channel } from '../../model/channel.js';
import { RealizeError } from '../error.js';
import { homeOf } from '../keys.js';
import { privateAccess } from '../qemu/access.js';
import { runningQemu, type RunningQemu } from '../qemu/pid.js';
import { stopQemu } from '../qemu/process.js';
import { supervise, type End, type SupervisionEvent } from '../supervise.js';
import { below } from '../xenstore/path.js';
import { attach, type AttachOptions } from './attach.js';
import { Changes } from './changes.js';
import { detach } from './detach.js';
import { isThere, type RunningDomain } from './domain.js';
import type { Host } from './host.js';
import { directoryOf, qemuDirectoryOf, readRecord } from './record.js';
import { Session } from './session.js';

/** What `keepAttached` was asked for. */
export interface Kept {
  readonly domain: RunningDomain;
  readonly channels: readonly Channel[];
  readonly options?: AttachOptions;
}

/**
 * Attaches channels and keeps them served: a QEMU of ours that ends is started anew, and the guest, which
 * sees no more than a pause, goes on. Ends with the domain, or when `signal` says so, and detaches then.
 * Who serves the channels outlives this program if it is killed; the next one finds it.
 *
 * @throws what attach and detach throw, but for `gone`; XenstoreError when the store is lost, and the channels stay then
 */
export async function keepAttached(
  host: Host,
  { domain, channels, options }: Kept,
  signal: AbortSignal,
  tell: (event: SupervisionEvent) => void,
): Promise<End> {
  const wasIntroduced = await host.store.isIntroduced(domain.domid);
  let serving: Serving = 'somebody else';
  const ended = supervise(
    {
      attach: async () => {
        await attach(host, domain, channels, options);
        serving = await servingNow(host, domain);
      },
      detach: async (why) => {
        // libxl ends the QEMU of a domain that goes; one that still has the rings would not let go of them.
        if (why === 'domain-gone') await endQemu(host, domain);
        await detach(host, domain);
      },
      unserved: (over) => untilUnserved(host, domain, serving, over),
      domainGone: (over) => untilGone(host, { domain, wasIntroduced }, over),
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
    // Before the channels were served for the first time: attach has left nothing.
    if (!(error instanceof RealizeError && error.failure === 'gone')) throw error;
    tell({ event: 'ended', why: 'domain-gone' });
    return 'domain-gone';
  }
}

async function endQemu({ runtimeDirectory }: Host, { uuid }: RunningDomain): Promise<void> {
  const directory = qemuDirectoryOf(directoryOf(runtimeDirectory, uuid));
  await stopQemu({ directory, chardevs: [] }, { abruptly: true });
}

/** The kernel tells of the end of another's child only who looks. */
const lookEveryMs = 250;

/** Who serves the channels: a QEMU of ours, nothing when it is gone; or libxl, a plug-in, another domain. */
type Serving = RunningQemu | undefined | 'somebody else';

async function servingNow({ runtimeDirectory }: Host, { uuid }: RunningDomain): Promise<Serving> {
  const directory = directoryOf(runtimeDirectory, uuid);
  const record = await readRecord(directory);
  if (record && !record.channels.some(({ backend }) => backend === 'qemu')) return 'somebody else';
  return await runningQemu(qemuDirectoryOf(directory));
}

/** What somebody else serves is theirs to bring back: then this never returns. */
async function untilUnserved(
  { runtimeDirectory }: Host,
  { uuid }: RunningDomain,
  serving: Serving,
  signal: AbortSignal,
): Promise<string> {
  if (serving === 'somebody else') return await aborted(signal);
  if (!serving) return 'no QEMU serves it';
  const directory = qemuDirectoryOf(directoryOf(runtimeDirectory, uuid));
  while ((await runningQemu(directory))?.pid === serving.pid) {
    await delay(lookEveryMs, undefined, { signal });
  }
  return `QEMU (pid ${serving.pid}) has ended`;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}

/**
 * A domain that has died is not introduced any more, even if nobody removes its nodes; one that is still
 * being built is not introduced yet.
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

/** Looks when nobody works on the domain: a detach ends QEMU before it forgets it. */
async function isDetached(host: Host, domain: RunningDomain): Promise<boolean> {
  await using session = await Session.begin(host, domain, privateAccess);
  return session.record === undefined;
}

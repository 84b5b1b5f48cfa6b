/** What `supervise` calls. A wait throws when its signal is aborted. */
export interface Supervised {
  /** Attaches the channels, and restarts the process that serves them. Idempotent. */
  readonly attach: () => Promise<void>;
  /** Detaches the channels. */
  readonly detach: (why: 'stopped' | 'domain-ended') => Promise<void>;
  /** Waits until the process that serves the channels exits. @returns the reason, for messages */
  readonly unserved: (signal: AbortSignal) => Promise<string>;
  /** Waits until the domain has ended. */
  readonly domainEnded: (signal: AbortSignal) => Promise<void>;
  /** Whether another process has detached the channels. */
  readonly isDetached: () => Promise<boolean>;
  readonly delay: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** A monotonic clock, in milliseconds. */
  readonly now: () => number;
  readonly tell: (event: SupervisionEvent) => void;
}

export type SupervisionEvent =
  | { readonly event: 'attached' }
  | { readonly event: 'unserved'; readonly reason: string; readonly restartInMs: number }
  | { readonly event: 'failed'; readonly reason: string; readonly restartInMs: number }
  | { readonly event: 'restarted' }
  | { readonly event: 'ended'; readonly why: End };

/** Why supervision ended. `detached`: another process has detached the channels. */
export type End = 'stopped' | 'domain-ended' | 'detached';

/**
 * While no process drains a ring, a Linux guest that writes more than fits spins with interrupts off
 * (hvc_xen.c: domU_write_console). So the first restart is immediate.
 */
const firstPauseMs = 250;
const longestPauseMs = 30_000;
/** A process that served for this long did not fail at start. */
const steadyMs = 60_000;

/** The delay before the next restart, after a number of consecutive failures. */
export function pauseMs(failures: number): number {
  return failures === 0 ? 0 : Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs);
}

/**
 * Keeps channels served: attaches, waits until the process that serves them exits, and attaches again, until
 * the domain ends or `signal` is aborted; then detaches. It retries as long as the domain exists, with a
 * back-off of at most 30 seconds.
 *
 * @throws what the first `attach` throws, and what `detach` does
 */
export async function supervise(given: Supervised, signal: AbortSignal): Promise<End> {
  const { attach, detach, tell } = given;
  await attach();
  tell({ event: 'attached' });
  const why = await untilEnd(given, signal);
  if (why !== 'detached') await detach(why);
  tell({ event: 'ended', why });
  return why;
}

async function untilEnd(given: Supervised, signal: AbortSignal): Promise<End> {
  const over = new AbortController();
  const stopped = new Promise<End>((resolve) => {
    if (signal.aborted) resolve('stopped');
    signal.addEventListener('abort', () => resolve('stopped'), { signal: over.signal });
  });
  const gone = given.domainEnded(over.signal).then((): End => 'domain-ended');
  const served = keepServed(given, over.signal);
  try {
    return await Promise.race([stopped, gone, served]);
  } finally {
    over.abort();
    // Wait for a running attach: it must not follow the detach.
    await Promise.allSettled([gone, served]);
  }
}

/** Returns when another process has detached the channels. */
async function keepServed(given: Supervised, signal: AbortSignal): Promise<End> {
  const { attach, unserved, isDetached, delay, now, tell } = given;
  for (let failures = 0; ;) {
    const since = now();
    let reason = await unserved(signal);
    if (now() - since >= steadyMs) failures = 0;
    for (let event: 'unserved' | 'failed' = 'unserved'; ; event = 'failed') {
      if (await isDetached()) return 'detached';
      const restartInMs = pauseMs(failures);
      failures += 1;
      tell({ event, reason, restartInMs });
      await delay(restartInMs, signal);
      try {
        await attach();
        break;
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
      }
      signal.throwIfAborted();
    }
    signal.throwIfAborted();
    tell({ event: 'restarted' });
  }
}

/** What supervising takes: the work, and the world. Waiting ends by throwing when its signal is aborted. */
export interface Supervised {
  /** Makes the channels exist, and brings back who served them. Called again, it changes nothing that works. */
  readonly attach: () => Promise<void>;
  /** Takes the channels away. */
  readonly detach: (why: 'stopped' | 'domain-gone') => Promise<void>;
  /** Waits until nobody serves the channels any more. @returns what happened, for people */
  readonly unserved: (signal: AbortSignal) => Promise<string>;
  /** Waits until the domain is gone. */
  readonly domainGone: (signal: AbortSignal) => Promise<void>;
  /** Whether somebody else has taken the channels away, on purpose. */
  readonly isDetached: () => Promise<boolean>;
  readonly delay: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Milliseconds since some moment. */
  readonly now: () => number;
  readonly tell: (event: SupervisionEvent) => void;
}

export type SupervisionEvent =
  | { readonly event: 'attached' }
  | { readonly event: 'unserved'; readonly reason: string; readonly restartInMs: number }
  | { readonly event: 'failed'; readonly reason: string; readonly restartInMs: number }
  | { readonly event: 'revived' }
  | { readonly event: 'ended'; readonly why: End };

/** Why it is over: it was asked to end; the domain is gone; somebody else has detached the channels. */
export type End = 'stopped' | 'domain-gone' | 'detached';

/**
 * Nobody drains the rings while nobody serves them, and a Linux guest that writes more than fits spins
 * with its interrupts off (hvc_xen.c: domU_write_console). So the first restart comes at once.
 */
const firstPauseMs = 250;
const longestPauseMs = 30_000;
/** Who served for that long has not failed at its start. */
const steadyMs = 60_000;

/** How long to wait before another start, after so many in a row that did not last. */
export function pauseMs(failures: number): number {
  return failures === 0 ? 0 : Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs);
}

/**
 * Keeps channels served: attaches, waits until whoever serves them ends, and attaches again, until the
 * domain is gone or `signal` says to end; then detaches. It never gives up while the domain lives: the
 * pauses grow up to half a minute.
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
  const gone = given.domainGone(over.signal).then((): End => 'domain-gone');
  const served = keepServed(given, over.signal);
  try {
    return await Promise.race([stopped, gone, served]);
  } finally {
    over.abort();
    // An attach that is under way must not come after the detach.
    await Promise.allSettled([gone, served]);
  }
}

/** Returns when somebody else has detached the channels. */
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
    tell({ event: 'revived' });
  }
}

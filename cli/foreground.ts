import { escapeControls } from '../lib/diagnostics/render.js';
import { keepAttached, type Kept } from '../lib/realize/host/foreground.js';
import type { Host } from '../lib/realize/host/host.js';
import type { SupervisionEvent } from '../lib/realize/supervise.js';
import { exitCodes } from './exit-codes.js';
import { print } from './terminal.js';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Aborted by the first signal that asks this program to end; the next one ends it at once. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of signals) process.once(signal, () => stop.abort());
  return stop.signal;
}

/** Keeps channels served until they are detached, and says on standard error what happens. @returns the exit status */
export async function keepInForeground(host: Host, kept: Kept, stop: AbortSignal): Promise<number> {
  await keepAttached(host, kept, stop, (event) => {
    print('stderr', `virt2xen: ${escapeControls(describe(event))}\n`);
  });
  return exitCodes.done;
}

const ends = {
  stopped: 'detached, as it was told to end',
  'domain-gone': 'the domain is gone; detached',
  detached: 'somebody else has detached the channels',
} as const;

function describe(event: SupervisionEvent): string {
  switch (event.event) {
    case 'attached':
      return 'the channels are served';
    case 'unserved':
      return `${event.reason}; another one is started ${delayOf(event.restartInMs)}`;
    case 'failed':
      return `that failed, and is tried again ${delayOf(event.restartInMs)}: ${event.reason}`;
    case 'revived':
      return 'the channels are served again';
    case 'ended':
      return ends[event.why];
  }
}

const delayOf = (milliseconds: number): string =>
  milliseconds === 0 ? 'at once' : `in ${milliseconds / 1000} s`;

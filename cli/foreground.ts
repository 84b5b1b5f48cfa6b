import { escapeControls } from '../lib/text/controls.js';
import { keepAttached, type Attachment } from '../lib/realize/host/foreground.js';
import type { Host } from '../lib/realize/dom0/host.js';
import type { SupervisionEvent } from '../lib/realize/supervise.js';
import { exitCodes } from './exit-codes.js';
import { print } from './terminal.js';

/** Aborted by the first signal that asks this process to terminate; the next one terminates it immediately. */
export function stopSignal(
  signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'],
): AbortSignal {
  const stop = new AbortController();
  for (const signal of signals) process.once(signal, () => stop.abort());
  return stop.signal;
}

/** Keeps channels served until they are detached, and logs events to standard error. @returns the exit status */
export async function keepInForeground(
  host: Host,
  attachment: Attachment,
  stop: AbortSignal,
): Promise<number> {
  await keepAttached(host, attachment, stop, (event) => {
    print('stderr', `virt2xen: ${escapeControls(describe(event))}\n`);
  });
  return exitCodes.done;
}

const ends = {
  stopped: 'detached on request',
  'domain-ended': 'the domain has ended; detached',
  detached: 'another process has detached the channels',
} as const;

function describe(event: SupervisionEvent): string {
  switch (event.event) {
    case 'attached':
      return 'the channels are served';
    case 'unserved':
      return `${event.reason}; restarting ${delayOf(event.restartInMs)}`;
    case 'failed':
      return `restart failed: ${event.reason}; retrying ${delayOf(event.restartInMs)}`;
    case 'restarted':
      return 'the channels are served again';
    case 'ended':
      return ends[event.why];
  }
}

const delayOf = (milliseconds: number): string =>
  milliseconds === 0 ? 'now' : `in ${milliseconds / 1000} s`;

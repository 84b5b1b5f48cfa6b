import { EventEmitter, on } from 'node:events';
import type { DaemonEvent } from './events.js';

/** Delivers the events of a daemon to all that listen. */
export class EventBus {
  readonly #emitter = new EventEmitter().setMaxListeners(0);

  readonly publish = (event: DaemonEvent): void => {
    this.#emitter.emit('event', event);
  };

  listen(listener: (event: DaemonEvent) => void): void {
    this.#emitter.on('event', listener);
  }

  /** The events from this call on, until the signal is aborted. */
  events(signal: AbortSignal): AsyncIterable<DaemonEvent> {
    return untilAborted(on(this.#emitter, 'event', { signal }) as AsyncIterable<[DaemonEvent]>, signal);
  }
}

async function* untilAborted(
  events: AsyncIterable<[DaemonEvent]>,
  signal: AbortSignal,
): AsyncGenerator<DaemonEvent, void> {
  try {
    for await (const [event] of events) yield event;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

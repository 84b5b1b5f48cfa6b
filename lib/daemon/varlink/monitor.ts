import type { DaemonEvent } from '../events.js';
import { callVarlink } from './client.js';

/** An event of a running daemon, with its time (RFC 3339). */
export type TimedEvent = DaemonEvent & { readonly time: string };

/**
 * The events of a running daemon from now on, until it ends.
 * @throws system errors of the connection; VarlinkError
 */
export async function* eventsOf(path: string, signal?: AbortSignal): AsyncGenerator<TimedEvent, void> {
  const options = { more: true, ...(signal && { signal }) };
  for await (const { event } of callVarlink(path, 'io.virt2xen.Monitor', {}, options)) {
    yield event as TimedEvent;
  }
}

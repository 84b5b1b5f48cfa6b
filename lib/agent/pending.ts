import type { AgentRequest, CallOptions } from './request.js';

/**
 * How a command without a reply on success ended (`success-response: false` in the schema):
 * - accepted: the agent answered the next request, so it did not fail
 * - closed: the channel ended after the command was sent
 * - silent: nothing was heard within the deadline; a suspended guest cannot answer
 */
export type Departure = 'accepted' | 'closed' | 'silent';

/** A call that waits for its reply, or to be sent. */
export interface Pending {
  readonly request: AgentRequest<unknown>;
  readonly id: string;
  /** A command without a reply on success. */
  readonly isDeparture: boolean;
  readonly timeoutMs: number;
  /** As it is sent; undefined before, and if it has to be written in another way. */
  text: Uint8Array | undefined;
  /** When it was sent, in the order of all requests; undefined before. */
  sequence: number | undefined;
  readonly resolve: (value: unknown, text: string) => void;
  readonly reject: (error: unknown) => void;
}

/** The fields of a reply that count. */
export interface Answer {
  readonly value: unknown;
  readonly text: string;
}

/**
 * Waits for a call, at most until its deadline.
 * @param begin is given the call, to send it
 * @param late ends the call: it is given what ended it, `undefined` for the deadline
 */
export async function waitFor(
  request: AgentRequest<unknown>,
  options: CallOptions & { readonly timeoutMs: number; readonly id: string; readonly isDeparture: boolean },
  begin: (pending: Pending) => void,
  late: (pending: Pending, aborted: boolean) => void,
): Promise<Answer> {
  const { signal, timeoutMs, id, isDeparture } = options;
  signal?.throwIfAborted();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let abort: (() => void) | undefined;
  try {
    return await new Promise<Answer>((resolve, reject) => {
      const pending: Pending = {
        ...{ request, id, isDeparture, timeoutMs, text: undefined, sequence: undefined, reject },
        resolve: (value, text) => resolve({ value, text }),
      };
      timer = setTimeout(() => late(pending, false), timeoutMs);
      abort = () => {
        late(pending, true);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', abort, { once: true });
      begin(pending);
    });
  } finally {
    clearTimeout(timer);
    if (abort) signal?.removeEventListener('abort', abort);
  }
}

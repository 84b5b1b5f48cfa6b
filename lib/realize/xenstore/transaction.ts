import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from './connection.js';
import { XenstoreError } from './error.js';
import { Nodes } from './nodes.js';
import { decodeTexts, encodeTexts } from './payload.js';

export interface TransactionOptions {
  /** How often to try before the conflict is the caller's; 20 if absent. */
  readonly attempts?: number;
  /** Stops between two attempts; throws the signal's reason then. */
  readonly signal?: AbortSignal;
}

/** The longest wait before another attempt, in milliseconds; the first is 1 ms, and each doubles. */
const longestWaitMs = 64;

/**
 * Runs `body` in a transaction: others see all of its changes at once, or none.
 *
 * When somebody else changed what it read or wrote, the daemon says EAGAIN, and the whole body runs
 * anew on what is there then: it must have no effect but on the nodes. What `body` throws ends the
 * transaction without a trace.
 *
 * @throws XenstoreError EAGAIN after the last attempt; what `body` throws
 */
export async function runTransaction<Result>(
  connection: Connection,
  body: (nodes: Nodes) => Promise<Result>,
  { attempts = 20, signal }: TransactionOptions,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await runOnce(connection, body);
    } catch (error) {
      if (!isConflict(error) || attempt >= attempts) throw error;
    }
    // Two that met should not meet again: each waits for a time of its own.
    const waitMs = Math.min(2 ** (attempt - 1), longestWaitMs) * (0.5 + Math.random());
    await delay(waitMs, undefined, signal && { signal }).catch(() => signal?.throwIfAborted());
  }
}

/**
 * EAGAIN; and ENOMEM at the end: xenstored 4.20 counts a guest's nodes before it looks for conflicts, so nodes
 * that somebody else has removed meanwhile, as QEMU 10 does when a console closes, are too few to it.
 */
const isConflict = (error: unknown): boolean =>
  error instanceof XenstoreError &&
  (error.code === 'EAGAIN' || (error.code === 'ENOMEM' && error.operation === 'TRANSACTION_END'));

async function runOnce<Result>(
  connection: Connection,
  body: (nodes: Nodes) => Promise<Result>,
): Promise<Result> {
  const started = await connection.request({ operation: 'TRANSACTION_START', payload: encodeTexts('') });
  const transactionId = Number(decodeTexts(started)[0]);
  let isOver = false;
  const nodes = new Nodes(async (request) => {
    if (isOver) {
      const { operation, path } = request;
      throw new XenstoreError('EINVAL', { operation, path, reason: 'the transaction has ended' });
    }
    return connection.request({ ...request, transactionId });
  });
  const end = async (answer: 'T' | 'F'): Promise<void> => {
    isOver = true;
    await connection.request({ operation: 'TRANSACTION_END', transactionId, payload: encodeTexts(answer) });
  };

  let result: Result;
  try {
    result = await body(nodes);
  } catch (error) {
    // Why the body failed counts, not that the daemon is gone as well.
    await end('F').catch(() => undefined);
    throw error;
  }
  await end('T');
  return result;
}

import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from './connection.js';
import { XenstoreError } from './error.js';
import { Nodes } from './nodes.js';
import { decodeTexts, encodeTexts } from './payload.js';
import type { Operation } from './protocol.js';

export interface TransactionOptions {
  /** The number of attempts before the conflict is thrown (default: 20). */
  readonly attempts?: number;
  /** Stops between two attempts; then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The maximum delay before another attempt, in milliseconds; the first is 1 ms, and each one doubles. */
const longestWaitMs = 64;

/**
 * Runs `body` in a transaction: others see all of its changes or none.
 *
 * If another client has changed what it read or wrote, the daemon returns EAGAIN, and the whole body runs again on
 * the new state: it must have no effects except on the nodes. If `body` throws, the transaction is discarded.
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
    // Two clients in a conflict should not meet again: each delay is random.
    const waitMs = Math.min(2 ** (attempt - 1), longestWaitMs) * (0.5 + Math.random());
    await delay(waitMs, undefined, signal && { signal }).catch(() => signal?.throwIfAborted());
  }
}

/**
 * EAGAIN; also ENOMEM at the end: xenstored 4.20 counts the nodes of a guest before it detects conflicts, and the
 * count is wrong if another client has removed nodes meanwhile, as QEMU 10 does when a console closes.
 */
const isConflict = (error: unknown): boolean =>
  error instanceof XenstoreError &&
  (error.code === 'EAGAIN' || (error.code === 'ENOMEM' && error.operation === 'TRANSACTION_END'));

const changing: ReadonlySet<Operation> = new Set(['WRITE', 'MKDIR', 'RM', 'SET_PERMS']);

async function runOnce<Result>(
  connection: Connection,
  body: (nodes: Nodes) => Promise<Result>,
): Promise<Result> {
  const started = await connection.request({ operation: 'TRANSACTION_START', payload: encodeTexts('') });
  const transactionId = Number(decodeTexts(started)[0]);
  let isOver = false;
  const changes = new Set<string>();
  const nodes = new Nodes(async (request) => {
    if (isOver) {
      const { operation, path } = request;
      throw new XenstoreError('EINVAL', { operation, path, reason: 'the transaction has ended' });
    }
    if (request.path !== undefined && changing.has(request.operation)) changes.add(request.path);
    return connection.request({ ...request, transactionId });
  });
  const end = async (answer: 'T' | 'F'): Promise<void> => {
    isOver = true;
    await connection.request({
      operation: 'TRANSACTION_END',
      transactionId,
      payload: encodeTexts(answer),
      ...(answer === 'T' && { changes }),
    });
  };

  let result: Result;
  try {
    result = await body(nodes);
  } catch (error) {
    // The error of the body counts, not that the daemon has exited as well.
    await end('F').catch(() => undefined);
    throw error;
  }
  await end('T');
  return result;
}

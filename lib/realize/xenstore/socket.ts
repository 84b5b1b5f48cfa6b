import { createConnection, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { XenstoreError } from './error.js';

/**
 * The socket of the daemon, as libxenstore finds it.
 * @param environment the variables XENSTORED_PATH and XENSTORED_RUNDIR are used
 */
export function socketPath(environment: Readonly<Record<string, string | undefined>>): string {
  const { XENSTORED_PATH, XENSTORED_RUNDIR = '/run/xenstored' } = environment;
  return XENSTORED_PATH ?? `${XENSTORED_RUNDIR}/socket`;
}

/** The delay between two attempts, in milliseconds. */
const waitMs = 10;

/**
 * Connects to the daemon. Its queue of connections is short, that of oxenstored has one entry; while it is full,
 * this retries.
 *
 * @throws XenstoreError ECONNREFUSED, ETIMEDOUT, EACCES; the signal's reason
 */
export async function connectedSocket(
  path: string,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Socket> {
  for (let waitedMs = 0; ; waitedMs += waitMs) {
    signal?.throwIfAborted();
    try {
      return await attempt(path);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'EAGAIN' || waitedMs >= timeoutMs) {
        throw new XenstoreError(meaning(code), {
          reason: `cannot connect to xenstored: ${message}`,
        });
      }
    }
    await delay(waitMs, undefined, signal && { signal }).catch(() => signal?.throwIfAborted());
  }
}

function meaning(code: string | undefined): 'EACCES' | 'ETIMEDOUT' | 'ECONNREFUSED' {
  if (code === 'EACCES' || code === 'EPERM') return 'EACCES';
  return code === 'EAGAIN' ? 'ETIMEDOUT' : 'ECONNREFUSED';
}

/** A Unix socket connects or fails immediately: this never blocks. */
function attempt(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

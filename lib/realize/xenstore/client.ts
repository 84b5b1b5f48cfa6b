import { createConnection, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { DomId } from '../domid.js';
import { Connection } from './connection.js';
import { XenstoreError } from './error.js';
import { Nodes } from './nodes.js';
import type { XenstorePath } from './path.js';
import { decodeTexts, encodeTexts } from './payload.js';
import { runTransaction, type TransactionOptions } from './transaction.js';
import { Watches, type Watch, type WatchTarget } from './watch.js';

export interface XenstoreOptions {
  /** How long the daemon may leave a request without an answer, in milliseconds; 10 s if absent. */
  readonly timeoutMs?: number;
}

export interface ConnectOptions extends XenstoreOptions {
  /** Gives up connecting; throws the signal's reason then. */
  readonly signal?: AbortSignal;
}

/**
 * Where the daemon listens, as libxenstore finds it.
 * @param environment the variables XENSTORED_PATH and XENSTORED_RUNDIR count
 */
export function socketPath(environment: Readonly<Record<string, string | undefined>>): string {
  const { XENSTORED_PATH, XENSTORED_RUNDIR = '/run/xenstored' } = environment;
  return XENSTORED_PATH ?? `${XENSTORED_RUNDIR}/socket`;
}

/**
 * A connection to xenstored or oxenstored.
 *
 *     await using store = await Xenstore.connect(socketPath(process.env));
 *     const name = await store.read(xenstorePath('/local/domain/7/name'));
 */
export class Xenstore extends Nodes implements AsyncDisposable {
  readonly #connection: Connection;
  readonly #watches: Watches;

  /** @param stream to the daemon: its socket, or what a domain has in its place */
  constructor(stream: Duplex, { timeoutMs = 10_000 }: XenstoreOptions = {}) {
    const watches = new Watches();
    const connection = new Connection(stream, {
      timeoutMs,
      onEvent: (event) => {
        watches.fire(event);
      },
      onFailure: (error) => {
        watches.fail(error);
      },
    });
    super((request) => connection.request(request));
    this.#connection = connection;
    this.#watches = watches;
  }

  /** @throws XenstoreError ECONNREFUSED where no daemon listens, EACCES without the right to its socket */
  static async connect(path: string, { signal, ...options }: ConnectOptions = {}): Promise<Xenstore> {
    signal?.throwIfAborted();
    return new Xenstore(await connected(path, signal), options);
  }

  /** Runs `body` in a transaction, anew after each conflict (see transaction.ts). */
  transaction<Result>(
    body: (nodes: Nodes) => Promise<Result>,
    options: TransactionOptions = {},
  ): Promise<Result> {
    return runTransaction(this.#connection, body, options);
  }

  /**
   * Watches a node and all below it, or the coming and going of domains. From then on no change is missed.
   * @param options.signal ends the watch; the loop that reads it throws the signal's reason
   */
  watch<Target extends WatchTarget>(
    target: Target,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Watch<Target>> {
    return this.#watches.add(this.#connection, target, options.signal);
  }

  /**
   * Waits until the value of a node fits; `undefined` is that of a node that is not there.
   * @returns the value that did
   */
  async waitFor(
    path: XenstorePath,
    fits: (value: string | undefined) => boolean,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<string | undefined> {
    for await (const changed of await this.watch(path, options)) {
      if (changed !== path) continue;
      const value = await this.read(path);
      if (fits(value)) return value;
    }
    throw new XenstoreError('ECONNRESET', { operation: 'WATCH', path });
  }

  /** Whether the daemon serves a domain's own connection: it was introduced, and is not gone. */
  async isIntroduced(domid: DomId): Promise<boolean> {
    const payload = encodeTexts(String(domid));
    const answer = await this.#connection.request({ operation: 'IS_DOMAIN_INTRODUCED', payload });
    return decodeTexts(answer)[0] === 'T';
  }

  /** Ends the connection, and with it all watches; requests under way fail. */
  close(): void {
    this.#connection.fail(new XenstoreError('ECONNRESET', { reason: 'the connection was closed here' }));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}

function connected(path: string, signal: AbortSignal | undefined): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    const abort = (): void => {
      settle();
      socket.destroy();
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the caller's own
      reject(signal?.reason);
    };
    const settle = (): void => {
      signal?.removeEventListener('abort', abort);
      socket.off('error', refuse);
    };
    const refuse = ({ code, message }: NodeJS.ErrnoException): void => {
      settle();
      const name = code === 'EACCES' || code === 'EPERM' ? 'EACCES' : 'ECONNREFUSED';
      reject(new XenstoreError(name, { reason: `no connection to the daemon's socket: ${message}` }));
    };
    signal?.addEventListener('abort', abort);
    socket.once('error', refuse);
    socket.once('connect', () => {
      settle();
      resolve(socket);
    });
  });
}

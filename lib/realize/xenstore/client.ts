import type { Duplex } from 'node:stream';
import type { DomId } from '../domid.js';
import { Connection } from './connection.js';
import { connectedSocket } from './socket.js';
import { XenstoreError } from './error.js';
import { Nodes } from './nodes.js';
import type { XenstorePath } from './path.js';
import { decodeTexts, encodeTexts } from './payload.js';
import { runTransaction, type TransactionOptions } from './transaction.js';
import { Watches, type Watch, type WatchOptions, type WatchTarget } from './watch.js';

export interface XenstoreOptions {
  /** How long the daemon may take to answer a request, in milliseconds (default: 10 s). */
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 10_000;

export interface ConnectOptions extends XenstoreOptions {
  /** Aborts the connection attempt; it then throws the signal's reason. */
  readonly signal?: AbortSignal;
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
  /** Ends when no transaction is waiting or running. */
  #transactions: Promise<unknown> = Promise.resolve();

  /** @param stream to the daemon: its socket, or a domain's equivalent */
  constructor(stream: Duplex, { timeoutMs = defaultTimeoutMs }: XenstoreOptions = {}) {
    const watches = new Watches();
    const connection = new Connection(stream, {
      timeoutMs,
      onEvent: (event, isOwn) => {
        watches.fire(event, isOwn);
      },
      onFailure: (error) => {
        watches.fail(error);
      },
    });
    super((request) => connection.request(request));
    this.#connection = connection;
    this.#watches = watches;
  }

  /**
   * @param path the socket of the daemon (see socketPath)
   * @throws XenstoreError ECONNREFUSED if no daemon listens, ETIMEDOUT if it does not accept the connection, EACCES
   *   without permission for its socket
   */
  static async connect(path: string, options: ConnectOptions = {}): Promise<Xenstore> {
    const { timeoutMs = defaultTimeoutMs, signal } = options;
    return new Xenstore(await connectedSocket(path, timeoutMs, signal), { timeoutMs });
  }

  /** Whether the connection has not ended yet. */
  get isOpen(): boolean {
    return !this.#connection.failure;
  }

  /**
   * Runs `body` in a transaction, and again after each conflict (see transaction.ts). The transactions of a connection run
   * one after the other, for at the same time they would be in each other's way: two that add a directory below the same
   * node are a conflict. So `body` must not wait for another transaction.
   */
  transaction<Result>(
    body: (nodes: Nodes) => Promise<Result>,
    options: TransactionOptions = {},
  ): Promise<Result> {
    const result = this.#transactions.then(() => runTransaction(this.#connection, body, options));
    this.#transactions = result.catch(() => undefined);
    return result;
  }

  /**
   * Watches a node and its descendants, or the creation and destruction of domains. From then on no change is
   * missed.
   */
  watch<Target extends WatchTarget>(target: Target, options: WatchOptions = {}): Promise<Watch<Target>> {
    return this.#watches.add(this.#connection, target, options);
  }

  /**
   * Waits until the value of a node matches; the value of a missing node is `undefined`.
   * @returns the value that matched
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

  /** Whether the daemon serves the domain's own connection: it was introduced, and has not been released. */
  async isIntroduced(domid: DomId): Promise<boolean> {
    const payload = encodeTexts(String(domid));
    const answer = await this.#connection.request({ operation: 'IS_DOMAIN_INTRODUCED', payload });
    return decodeTexts(answer)[0] === 'T';
  }

  /** Closes the connection, and with it all watches; pending requests fail. */
  close(): void {
    this.#connection.fail(new XenstoreError('ECONNRESET', { reason: 'the connection was closed here' }));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}

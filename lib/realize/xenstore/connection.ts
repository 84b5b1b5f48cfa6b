import type { Duplex } from 'node:stream';
import { XenstoreError } from './error.js';
import { encodeFrame, FrameParser, type Frame } from './frame.js';
import { decodeTexts } from './payload.js';
import { daemonError, messages, operations, payloadLimit, type Operation } from './protocol.js';

export interface Request {
  readonly operation: Operation;
  readonly payload: Uint8Array;
  /** 0, or absent, outside a transaction. */
  readonly transactionId?: number;
  /** The node that it refers to, for errors. */
  readonly path?: string | undefined;
  /** The nodes that it changes, if the events of its own changes are to be told from others. */
  readonly changes?: ReadonlySet<string>;
}

/** A watch event: the watched path, or one below it, and the token of the watch. */
export type WatchEvent = readonly [path: string, token: string];

export interface ConnectionOptions {
  /** How long the daemon may take to answer the oldest request, in milliseconds. */
  readonly timeoutMs: number;
  /** @param isOwn it is about a change by a request of this connection (see `changes`) */
  readonly onEvent: (event: WatchEvent, isOwn: boolean) => void;
  /** The connection has ended, and why. */
  readonly onFailure: (error: XenstoreError) => void;
}

interface Pending extends Request {
  /** Events about `changes`, until the answer says whether they are its own. */
  readonly held: WatchEvent[];
  readonly resolve: (payload: Uint8Array) => void;
  readonly reject: (error: XenstoreError) => void;
}

/**
 * Requests and answers over a stream to the daemon: its socket, or a domain's own ring.
 *
 * Requests go out at once and are answered in their order, so as many as one likes can be under
 * way. When the stream ends, fails, breaks the protocol or stays silent, every request that waits
 * fails with the reason, and so does every later one: a daemon that went away has lost all watches
 * and transactions, and only the caller knows what to do about that.
 */
export class Connection {
  readonly #stream: Duplex;
  readonly #options: ConnectionOptions;
  readonly #parser = new FrameParser();
  /** By request id, oldest first. */
  readonly #pending = new Map<number, Pending>();
  #lastRequestId = 0;
  #timer: NodeJS.Timeout | undefined;
  #failure: XenstoreError | undefined;

  constructor(stream: Duplex, options: ConnectionOptions) {
    this.#stream = stream;
    this.#options = options;
    stream.on('data', (chunk: Uint8Array) => {
      this.#take(chunk);
    });
    stream.on('error', ({ message }) => {
      this.fail(new XenstoreError('ECONNRESET', { reason: message }));
    });
    stream.on('close', () => {
      this.fail(new XenstoreError('ECONNRESET', {}));
    });
    stream.on('end', () => {
      this.fail(new XenstoreError('ECONNRESET', { reason: 'xenstored closed the connection' }));
    });
  }

  /** Why the connection has ended; undefined while it is open. */
  get failure(): XenstoreError | undefined {
    return this.#failure;
  }

  /**
   * Sends a request.
   *
   * @returns the payload of the answer
   * @throws XenstoreError the daemon's answer; E2BIG for a request that is too large to send; why the connection
   *   has ended
   */
  request(request: Request): Promise<Uint8Array> {
    const { operation, payload, path, transactionId = 0 } = request;
    if (this.#failure) return Promise.reject(about(request, this.#failure));
    if (payload.length > payloadLimit) {
      const reason = `request of ${payload.length} bytes; the maximum is ${payloadLimit}`;
      return Promise.reject(new XenstoreError('E2BIG', { operation, path, reason }));
    }
    return new Promise((resolve, reject) => {
      const requestId = this.#nextRequestId();
      this.#pending.set(requestId, { ...request, held: [], resolve, reject });
      this.#timer ??= this.#startTimer();
      this.#stream.write(encodeFrame({ type: operations[operation], requestId, transactionId, payload }));
    });
  }

  /** Closes the connection: pending requests fail with `error`. Only the first call has an effect. */
  fail(error: XenstoreError): void {
    if (this.#failure) return;
    this.#failure = error;
    clearTimeout(this.#timer);
    this.#stream.destroy();
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const request of pending) request.reject(about(request, error));
    this.#options.onFailure(error);
  }

  /** IDs have 32 bits, and an ID is not reused while its answer is pending. 0 is the ID of events. */
  #nextRequestId(): number {
    do this.#lastRequestId = (this.#lastRequestId + 1) >>> 0 || 1;
    while (this.#pending.has(this.#lastRequestId));
    return this.#lastRequestId;
  }

  #startTimer(): NodeJS.Timeout {
    const { timeoutMs } = this.#options;
    return setTimeout(() => {
      this.fail(
        new XenstoreError('ETIMEDOUT', { reason: `no answer from xenstored within ${timeoutMs} ms` }),
      );
    }, timeoutMs);
  }

  #take(chunk: Uint8Array): void {
    try {
      for (const frame of this.#parser.push(chunk)) {
        if (frame.type === messages.WATCH_EVENT) this.#takeEvent(frame);
        else this.#takeAnswer(frame);
      }
    } catch (error) {
      if (!(error instanceof XenstoreError)) throw error;
      this.fail(error);
    }
  }

  #takeEvent({ payload }: Frame): void {
    const [path, token] = decodeTexts(payload);
    if (path === undefined || token === undefined) {
      throw new XenstoreError('EPROTO', { reason: 'watch event without a token' });
    }
    // The daemon works on one request after the other, and sends the events of a change before the answer.
    const [current] = this.#pending.values();
    if (current?.changes?.has(path)) current.held.push([path, token]);
    else this.#options.onEvent([path, token], false);
  }

  #takeAnswer({ type, requestId, payload }: Frame): void {
    const request = this.#pending.get(requestId);
    if (!request || (type !== operations[request.operation] && type !== messages.ERROR)) {
      throw new XenstoreError('EPROTO', { reason: 'answer without a request' });
    }
    this.#pending.delete(requestId);
    if (this.#pending.size > 0) this.#timer?.refresh();
    else {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
    for (const event of request.held) this.#options.onEvent(event, type !== messages.ERROR);
    if (type === messages.ERROR) {
      const { operation, path } = request;
      request.reject(new XenstoreError(daemonError(decodeTexts(payload)[0] ?? ''), { operation, path }));
    } else request.resolve(payload);
  }
}

/** The failure of a connection, as that of one request. */
function about({ operation, path }: Request, { code, reason }: XenstoreError): XenstoreError {
  return new XenstoreError(code, { operation, path, reason });
}

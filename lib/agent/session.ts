import { getInfo, mustSupport, needsNoCheck, type Capabilities } from './capabilities.js';
import { AgentError } from './error.js';
import { answer, rejectAsLate, rejectAsRestarted, rejectReply, withCommand } from './outcome.js';
import { waitFor, type Answer, type Departure, type Pending } from './pending.js';
import { Probe } from './probe.js';
import { ReplyParser, type Received } from './reply-parser.js';
import {
  defaultReplyLimitBytes,
  writeRequest,
  writeSync,
  type AgentRequest,
  type CallOptions,
} from './request.js';
import { SentCalls } from './sent-calls.js';
import type { Transport } from './transport.js';
import { isObject, type JsonObject } from '../language/json.js';

/** An agent that runs answers in milliseconds; one in a busy guest, in seconds. */
export const defaultTimeoutMs = 10_000;

/** What a `guest-sync-delimited` needs on its way, at most. */
const syncBytes = writeSync(Number.MAX_SAFE_INTEGER).length;

export interface SessionOptions {
  /** The deadline of each call (default: 10000). */
  readonly timeoutMs?: number;
}

/**
 * A session with a guest agent, over any transport. It never waits longer than the deadline of a call, and never
 * takes a reply for that of another call:
 * - Before the first request, and after a call without a reply, `guest-sync-delimited` removes what is left of
 *   earlier clients, on both sides; what arrives until its answer is dropped.
 * - Each request has an `id`, which the agents of QEMU 7.2 and 10.0 return. Older ones reject or ignore it; then
 *   requests are sent one at a time.
 * - An agent answers in the order of the requests. If it answers a later `guest-sync-delimited` first, it has lost
 *   the request: it was restarted.
 * - Nothing follows a long request before its answer, which the agent could lose (sent-calls.ts).
 */
export class AgentSession {
  readonly #transport: Transport;
  readonly #timeoutMs: number;
  readonly #parser = new ReplyParser(defaultReplyLimitBytes);
  readonly #queue: Pending[] = [];
  readonly #sent = new SentCalls();
  /** The sent `guest-sync-delimited`s without an answer, and when they were sent, in the order of all requests. */
  readonly #syncs = new Map<number, number>();
  readonly #idPrefix = `${randomNumber().toString(36)}-`;
  #lastId = 0;
  #sequence = 0;
  #isSynced = false;
  readonly #probe = new Probe(() => {
    if (this.#sent.canFollow((this.#syncs.size + 1) * syncBytes)) this.#sync();
    this.#pump();
  });
  /** The last line that was not a reply, for the message of a timeout. */
  #noise: string | undefined;
  #capabilities: Capabilities | undefined;
  #ended: AgentError | undefined;

  constructor(transport: Transport, options: SessionOptions = {}) {
    this.#transport = transport;
    this.#timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    transport.start({
      data: (bytes) => {
        for (const received of this.#parser.push(bytes)) this.#receive(received);
      },
      end: (error) => this.#end(error),
    });
  }

  /**
   * Sends a command and waits for its result. Commands are executed in the order of the calls.
   *
   * @throws AgentError `unsupported` before sending, if the agent does not have the command or has it disabled;
   *   `rejected` with the agent's own class and desc; `timeout`, after which the guest can still execute the
   *   command; `restarted`, `closed` and `protocol`; the reason of the signal
   */
  async call<Result>(request: AgentRequest<Result>, options: CallOptions = {}): Promise<Result> {
    const { value } = await this.callForText(request, options);
    return request.read(value);
  }

  /** As `call`, but returns the reply as the agent wrote it, besides its unchecked value. */
  async callForText(request: AgentRequest<unknown>, options: CallOptions = {}): Promise<Answer> {
    return await this.#checked(request, options, false);
  }

  /**
   * Sends a command that has no reply on success, such as guest-shutdown.
   * @throws as `call`
   */
  async depart(request: AgentRequest<void>, options: CallOptions = {}): Promise<Departure> {
    return (await this.#checked(request, options, true)).value as Departure;
  }

  /** Waits until the agent has answered `guest-sync-delimited` and guest-ping. */
  async ping(options: CallOptions = {}): Promise<void> {
    await this.#checked({ name: 'guest-ping', read: () => undefined }, options, false);
  }

  /** The commands of the agent; asked for once. @throws as `call` */
  async capabilities(options: CallOptions = {}): Promise<Capabilities> {
    return (this.#capabilities ??= await this.call(getInfo, options));
  }

  /** Closes the channel; calls without a reply fail with `closed`. */
  close(): void {
    if (this.#ended) return;
    this.#end(new AgentError('closed', 'the session was closed'));
    this.#transport.close();
  }

  async #checked(
    request: AgentRequest<unknown>,
    options: CallOptions,
    isDeparture: boolean,
  ): Promise<Answer> {
    const { timeoutMs = this.#timeoutMs, signal } = options;
    const start = performance.now();
    if (!needsNoCheck(request.name)) {
      mustSupport(await this.capabilities({ timeoutMs, signal }), request.name);
    }
    // The agent enables and disables its commands with the filesystems.
    if (request.name.startsWith('guest-fsfreeze-')) this.#capabilities = undefined;
    if (this.#ended) throw withCommand(this.#ended, request);
    const given = {
      id: `${this.#idPrefix}${(this.#lastId += 1)}`,
      timeoutMs: Math.max(0, timeoutMs - (performance.now() - start)),
      signal,
      isDeparture,
    };
    return await waitFor(
      request,
      given,
      (pending) => {
        // While the agent works on others: a long one takes a while.
        pending.text = this.#write(pending);
        this.#queue.push(pending);
        this.#pump();
      },
      (pending, aborted) => this.#giveUp(pending, aborted, timeoutMs),
    );
  }

  /** Sends what can be sent now. */
  #pump(): void {
    if (this.#ended || this.#queue.length + this.#sent.count === 0) return this.#probe.stop();
    if (!this.#isSynced) {
      if (this.#syncs.size === 0) this.#sync();
    } else {
      for (let next = this.#queue[0]; next; next = this.#queue[0]) {
        next.text ??= this.#write(next);
        if (!this.#sent.hasRoomFor(next.text.length + this.#syncs.size * syncBytes)) break;
        this.#queue.shift();
        next.sequence = this.#sequence += 1;
        this.#sent.add(next);
        this.#transport.send(next.text);
        if (next.isDeparture) this.#sync();
      }
    }
    let limitBytes = defaultReplyLimitBytes;
    for (const { request } of this.#sent.all) limitBytes = Math.max(limitBytes, request.replyLimitBytes ?? 0);
    this.#parser.limitBytes = limitBytes;
    this.#probe.start();
  }

  #write({ request, id }: Pending): Uint8Array {
    return writeRequest(request, this.#sent.takesIds ? id : undefined);
  }

  #sync(): void {
    const id = randomNumber();
    this.#syncs.set(id, (this.#sequence += 1));
    this.#transport.send(writeSync(id));
  }

  #receive(received: Received): void {
    switch (received.kind) {
      case 'object':
        return this.#receiveObject(received.value, received.text, received.isDelimited);
      case 'other':
        this.#noise = received.start;
        return;
      case 'rejected': {
        // Whose reply it was cannot be read; an agent answers in order.
        const { first } = this.#sent;
        if (first) rejectReply(this.#take(first), received.reason);
        this.#pump();
      }
    }
  }

  #receiveObject(value: JsonObject, text: string, isDelimited: boolean): void {
    const { return: returned } = value;
    if (isDelimited) {
      // Only guest-sync-delimited has a delimiter; one that is not known was given up.
      if (typeof returned === 'number' && this.#syncs.has(returned)) this.#synced(returned);
    } else if (Object.hasOwn(value, 'return') || isObject(value['error'])) {
      const pending = this.#sent.callOf(value);
      if (pending === 'again') this.#sendAgain();
      else if (pending) {
        // Of earlier syncs, the answer was lost.
        for (const [id, sent] of this.#syncs) if (sent < (pending.sequence ?? 0)) this.#syncs.delete(id);
        answer(this.#take(pending), value, text);
      }
    } else this.#noise = text.slice(0, 80);
    if (this.#sent.count === 0) this.#probe.stop();
    this.#pump();
  }

  /** The agent has answered a `guest-sync-delimited`; it has no answer for what was sent before. */
  #synced(id: number): void {
    const sequence = this.#syncs.get(id) ?? 0;
    for (const [other, sent] of this.#syncs) if (sent <= sequence) this.#syncs.delete(other);
    this.#isSynced = true;
    for (const pending of this.#sent.all) {
      if ((pending.sequence ?? 0) > sequence) continue;
      this.#take(pending);
      if (pending.isDeparture) pending.resolve('accepted' satisfies Departure, '');
      else rejectAsRestarted(pending);
    }
  }

  #sendAgain(): void {
    const { first } = this.#sent;
    if (first) this.#queue.unshift(this.#take(first));
    for (const pending of this.#queue) pending.text = undefined;
  }

  #take(pending: Pending): Pending {
    this.#sent.remove(pending);
    return pending;
  }

  #giveUp(pending: Pending, aborted: boolean, timeoutMs: number): void {
    const isSent = this.#sent.remove(pending);
    const queued = this.#queue.indexOf(pending);
    if (queued !== -1) this.#queue.splice(queued, 1);
    const hasAnswered = this.#isSynced;
    // Its reply may still come, or the agent may have read a part of it.
    if (isSent) this.#isSynced = false;
    if (!aborted) {
      if (isSent && pending.isDeparture) pending.resolve('silent' satisfies Departure, '');
      else rejectAsLate(pending, { timeoutMs, hasAnswered, noise: this.#noise });
    }
    if (isSent) this.#syncs.clear();
    this.#pump();
  }

  #end(error: AgentError): void {
    if (this.#ended) return;
    this.#ended = error;
    this.#probe.stop();
    const sent = this.#sent.all.map((pending) => this.#take(pending));
    for (const pending of [...sent, ...this.#queue.splice(0)]) {
      if (pending.isDeparture && pending.sequence !== undefined) {
        pending.resolve('closed' satisfies Departure, '');
      } else pending.reject(withCommand(error, pending.request));
    }
  }
}

/** QEMU's agent reads an ID as a random 64-bit integer; JavaScript's numbers are exact up to 2^53. */
function randomNumber(): number {
  return Math.floor(Math.random() * 2 ** 48);
}

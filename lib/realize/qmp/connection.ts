import { EventEmitter, on } from 'node:events';
import type { Socket } from 'node:net';
import type { QemuVersion } from '../../qemu-syntax/version.js';
import { readQemuVersion } from './version.js';
import { QmpError } from './error.js';
import type { JsonObject } from '../../language/json.js';
import { objectOf } from './json.js';
import { JsonLines } from './lines.js';
import { readMessage, writeCommand, type QmpEvent, type QmpMessage } from './message.js';

interface Pending {
  readonly command: string | undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/** The greeting is awaited like an answer; commands are numbered from 1. */
const greetingId = 0;

/** The socket of a monitor: matches answers to commands, and delivers events. */
export class QmpConnection {
  readonly #path: string;
  readonly #socket: Socket;
  readonly #lines = new JsonLines();
  readonly #pending = new Map<number, Pending>();
  readonly #events = new EventEmitter();
  #lastId = greetingId;
  #ended: QmpError | undefined;

  /** @param path the socket of the monitor, for messages */
  constructor(socket: Socket, path: string) {
    this.#path = path;
    this.#socket = socket
      .on('data', (chunk) => this.#push(chunk))
      .on('error', (error) => this.#end(connectionError(path, error)))
      .on('close', () => this.#end(new QmpError('closed', 'QEMU closed the connection')));
  }

  /** @returns the greeting; see QmpClient.connect for the errors */
  async greeting(timeoutMs: number): Promise<QemuVersion> {
    const late = `no greeting from ${this.#path} within ${timeoutMs} ms: another client uses the monitor (QEMU serves one at a time), or QEMU hangs`;
    return readQemuVersion(
      objectOf(await this.#answer(greetingId, undefined, timeoutMs, new QmpError('busy', late))),
    );
  }

  /**
   * Sends a command.
   * @returns the result; see QmpClient.execute for the errors
   */
  async send(command: string, parameters: JsonObject | undefined, timeoutMs: number): Promise<unknown> {
    const id = ++this.#lastId;
    const late = new QmpError('timeout', `no answer within ${timeoutMs} ms`, { command });
    const answer = this.#answer(id, command, timeoutMs, late);
    if (!this.#ended) this.#socket.write(writeCommand(command, id, parameters));
    return await answer;
  }

  /** The events from this call on, until the connection ends. */
  events(): AsyncIterableIterator<QmpEvent> {
    const events = on(this.#events, 'event', { close: ['end'] });
    if (this.#ended) this.#events.emit('end');
    return firstOfEach(events);
  }

  close(): void {
    this.#end(new QmpError('closed', 'the connection was closed'));
  }

  async #answer(
    id: number,
    command: string | undefined,
    timeoutMs: number,
    late: QmpError,
  ): Promise<unknown> {
    if (this.#ended) throw new QmpError(this.#ended.failure, this.#ended.desc, { command });
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(late);
      }, timeoutMs);
      this.#pending.set(id, { command, resolve, reject, timer });
    });
  }

  #push(chunk: Uint8Array): void {
    try {
      for (const value of this.#lines.push(chunk)) this.#receive(readMessage(value));
    } catch (error) {
      if (!(error instanceof QmpError)) throw error;
      this.#end(error);
    }
  }

  #receive(message: QmpMessage): void {
    switch (message.kind) {
      case 'greeting':
        this.#take(greetingId)?.resolve(message.version);
        return;
      case 'return':
        this.#take(message.id)?.resolve(message.value);
        return;
      case 'error': {
        const pending = this.#take(message.id);
        const { class: name, desc } = message;
        pending?.reject(new QmpError('refused', desc, { class: name, command: pending.command }));
        return;
      }
      case 'event':
        this.#events.emit('event', message);
    }
  }

  /**
   * The pending command of an answer; undefined if it has timed out. An answer without an ID is for a line that
   * QEMU could not parse: as it answers in order, that is the oldest one.
   */
  #take(id: unknown): Pending | undefined {
    const key = id === undefined ? this.#pending.keys().next().value : id;
    if (typeof key !== 'number') return undefined;
    const pending = this.#pending.get(key);
    this.#pending.delete(key);
    clearTimeout(pending?.timer);
    return pending;
  }

  #end(error: QmpError): void {
    if (this.#ended) return;
    this.#ended = error;
    this.#socket.destroy();
    for (const { command, reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(new QmpError(error.failure, error.desc, { command }));
    }
    this.#pending.clear();
    this.#events.emit('end');
  }
}

function connectionError(path: string, error: NodeJS.ErrnoException): QmpError {
  // While one client is connected and another waits, the kernel rejects further ones.
  if (error.code === 'EAGAIN') return new QmpError('busy', `${path} has too many waiting clients`);
  const reason = error.code ?? error.message;
  if (error.syscall === 'connect') {
    return new QmpError('unreachable', `no QEMU is listening on ${path} (${reason})`);
  }
  return new QmpError('closed', `connection to QEMU lost (${reason})`);
}

async function* firstOfEach(emitted: AsyncIterable<unknown>): AsyncIterableIterator<QmpEvent> {
  for await (const values of emitted) {
    const [event] = values as readonly [QmpEvent];
    yield event;
  }
}

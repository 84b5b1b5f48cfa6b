import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** One direction of a ring: the offsets in the page of its bytes and of its two counters. */
interface Lane {
  readonly start: number;
  readonly size: number;
  readonly consumed: number;
  readonly produced: number;
}

/** The layout of a shared page, as the domain sees it. */
export interface RingLayout {
  readonly send: Lane;
  readonly receive: Lane;
}

/** struct xenstore_domain_interface of io/xs_wire.h. */
export const xenstoreRing: RingLayout = {
  send: { start: 0, size: 1024, consumed: 2048, produced: 2052 },
  receive: { start: 1024, size: 1024, consumed: 2056, produced: 2060 },
};

/** struct xencons_interface of io/console.h: `in` is what the domain receives. */
export const consoleRing: RingLayout = {
  send: { start: 1024, size: 2048, consumed: 3080, produced: 3084 },
  receive: { start: 0, size: 1024, consumed: 3072, produced: 3076 },
};

export interface RingOptions {
  readonly layout: RingLayout;
  /** The file of the page, see without-xen.c. */
  readonly page: string;
  /** The pipe of the event channel; the other end must have been bound to it once. */
  readonly event: string;
  readonly domid: number;
  readonly port: number;
}

/** The guest's end of a ring as a stream. */
export class Ring extends Duplex {
  readonly #layout: RingLayout;
  readonly #page: number;
  readonly #event: string;
  readonly #notification: Uint8Array;
  readonly #notified: Socket;
  #unsent: { bytes: Uint8Array; done: () => void } | undefined;

  constructor({ layout, page, event, domid, port }: RingOptions) {
    super();
    this.#layout = layout;
    this.#page = openSync(page, 'r+');
    this.#event = event;
    this.#notification = new Uint8Array(new Uint32Array([domid, port]).buffer);
    // With a writer here, the pipe stays open if the process that serves the ring exits, for the next process.
    const up = openSync(`${event}.up`, constants.O_RDWR | constants.O_NONBLOCK);
    this.#notified = new Socket({ fd: up, readable: true, writable: false });
    this.#notified.on('data', () => {
      this.#sendMore();
      this.#receive();
    });
  }

  override _read(): void {
    this.#receive();
  }

  override _write(bytes: Uint8Array, _encoding: string, done: () => void): void {
    this.#unsent = { bytes, done };
    this.#sendMore();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#notified.destroy();
    closeSync(this.#page);
    done(error);
  }

  #sendMore(): void {
    if (!this.#unsent) return;
    const { bytes, done } = this.#unsent;
    const { start, size, consumed, produced } = this.#layout.send;
    const from = this.#counter(produced);
    const count = Math.min(bytes.length, size - ((from - this.#counter(consumed)) >>> 0));
    for (let i = 0; i < count; i += 1) writeSync(this.#page, bytes, i, 1, start + ((from + i) % size));
    this.#setCounter(produced, from + count);
    if (count > 0) this.#tell();
    this.#unsent = count < bytes.length ? { bytes: bytes.subarray(count), done } : undefined;
    if (!this.#unsent) done();
  }

  #receive(): void {
    const { start, size, consumed, produced } = this.#layout.receive;
    const from = this.#counter(consumed);
    const count = (this.#counter(produced) - from) >>> 0;
    if (count === 0) return;
    const bytes = new Uint8Array(count);
    for (let i = 0; i < count; i += 1) readSync(this.#page, bytes, i, 1, start + ((from + i) % size));
    this.#setCounter(consumed, from + count);
    this.#tell();
    this.push(bytes);
  }

  /** Notifies the process that is bound to the event channel; without one, Xen drops the notification. */
  #tell(): void {
    let pipe: number;
    try {
      pipe = openSync(this.#event, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'ENXIO' || code === 'ENOENT') return;
      throw error;
    }
    try {
      writeSync(pipe, this.#notification);
    } finally {
      closeSync(pipe);
    }
  }

  #counter(offset: number): number {
    const bytes = new Uint8Array(4);
    readSync(this.#page, bytes, 0, 4, offset);
    return new DataView(bytes.buffer).getUint32(0, true);
  }

  #setCounter(offset: number, value: number): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value >>> 0, true);
    writeSync(this.#page, bytes, 0, 4, offset);
  }
}

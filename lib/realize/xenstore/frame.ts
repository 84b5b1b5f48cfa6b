import { XenstoreError } from './error.js';
import { answerLimit } from './protocol.js';

/** One message, either way: `struct xsd_sockmsg`, and what follows it. */
export interface Frame {
  /** The number of an operation or of a message from the daemon. */
  readonly type: number;
  /** Chosen by the client, echoed by the daemon; 0 in an event. */
  readonly requestId: number;
  /** 0 outside a transaction. */
  readonly transactionId: number;
  readonly payload: Uint8Array;
}

const headerBytes = 16;

/** Both ends are on one machine and use its byte order; every machine that Xen runs on is little-endian. */
const littleEndian = true;

/** A message as it is sent. */
export function encodeFrame({ type, requestId, transactionId, payload }: Frame): Uint8Array {
  const bytes = new Uint8Array(headerBytes + payload.length);
  const header = new DataView(bytes.buffer);
  [type, requestId, transactionId, payload.length].forEach((field, index) => {
    header.setUint32(4 * index, field, littleEndian);
  });
  bytes.set(payload, headerBytes);
  return bytes;
}

/** Finds the messages in a stream of bytes, whatever its chunks are. */
export class FrameParser {
  /** The message that is being received: its header, then all of it. */
  #bytes = new Uint8Array(headerBytes);
  #filled = 0;

  /**
   * Accepts the next bytes, and returns the messages that they complete.
   *
   * @throws XenstoreError EPROTO for an invalid length: the stream cannot be parsed any further
   */
  *push(chunk: Uint8Array): Generator<Frame> {
    for (let taken = 0; taken < chunk.length;) {
      const part = chunk.subarray(taken, taken + this.#bytes.length - this.#filled);
      this.#bytes.set(part, this.#filled);
      this.#filled += part.length;
      taken += part.length;
      if (this.#filled === headerBytes && this.#bytes.length === headerBytes) this.#makeRoom();
      if (this.#filled === this.#bytes.length) yield this.#take();
    }
  }

  #field(index: number): number {
    return new DataView(this.#bytes.buffer).getUint32(4 * index, littleEndian);
  }

  #makeRoom(): void {
    const length = this.#field(3);
    if (length > answerLimit) {
      throw new XenstoreError('EPROTO', {
        reason: `message of ${length} bytes; the maximum is ${answerLimit}`,
      });
    }
    const whole = new Uint8Array(headerBytes + length);
    whole.set(this.#bytes);
    this.#bytes = whole;
  }

  #take(): Frame {
    const frame = {
      type: this.#field(0),
      requestId: this.#field(1),
      transactionId: this.#field(2),
      payload: this.#bytes.subarray(headerBytes),
    };
    this.#bytes = new Uint8Array(headerBytes);
    this.#filled = 0;
    return frame;
  }
}

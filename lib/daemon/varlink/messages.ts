import { isObject } from '../../language/json.js';

/** A message is JSON that ends with NUL. The limit protects the memory of the daemon. */
const longestBytes = 8 * 1024 * 1024;

export type Parameters = Readonly<Record<string, unknown>>;

/** A call of a client. */
export interface Call {
  readonly method: string;
  readonly parameters?: Parameters;
  /** The client expects several replies. */
  readonly more?: boolean;
  /** The client expects no reply. */
  readonly oneway?: boolean;
}

export interface Reply {
  readonly parameters?: Parameters;
  /** Further replies follow. */
  readonly continues?: boolean;
  /** The name of an error, with its interface. */
  readonly error?: string;
}

export const encodeMessage = (message: Call | Reply): string => `${JSON.stringify(message)}\0`;

/** Finds the messages in a stream of bytes, whatever its chunks are. */
export class MessageParser {
  #begun: Uint8Array[] = [];
  #begunBytes = 0;

  /**
   * @returns the messages that `chunk` completes
   * @throws Error for a message that is not a JSON object, or is too long
   */
  *push(chunk: Uint8Array): Generator<Readonly<Record<string, unknown>>> {
    let start = 0;
    for (let end = chunk.indexOf(0); end !== -1; end = chunk.indexOf(0, start)) {
      this.#add(chunk.subarray(start, end));
      start = end + 1;
      yield this.#take();
    }
    this.#add(chunk.subarray(start));
  }

  #add(bytes: Uint8Array): void {
    this.#begunBytes += bytes.length;
    if (this.#begunBytes > longestBytes) throw new Error(`a message is longer than ${longestBytes} bytes`);
    this.#begun.push(bytes);
  }

  #take(): Readonly<Record<string, unknown>> {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(this.#begun));
    this.#begun = [];
    this.#begunBytes = 0;
    const message: unknown = JSON.parse(text);
    if (!isObject(message)) throw new Error('a message is not an object');
    return message;
  }
}

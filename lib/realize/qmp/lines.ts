import { QmpError } from './error.js';

/** A reply to query-qmp-schema, the longest one, has some 200 KiB. */
const lineLimitBytes = 16 * 1024 * 1024;

const newline = 0x0a;

/**
 * A push parser: accepts bytes as they arrive and returns the JSON values of complete lines (docs/interop/qmp-spec:
 * one value per line, UTF-8, CR LF).
 */
export class JsonLines {
  #begun: Uint8Array[] = [];
  #begunBytes = 0;

  /**
   * @returns the values that `chunk` completes, in order
   * @throws QmpError `protocol` for a line that is not JSON or is too long
   */
  *push(chunk: Uint8Array): Generator {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      this.#add(chunk.subarray(start, end));
      start = end + 1;
      const line = this.#take();
      if (line !== '') yield parse(line);
    }
    this.#add(chunk.subarray(start));
  }

  #add(bytes: Uint8Array): void {
    this.#begunBytes += bytes.length;
    if (this.#begunBytes > lineLimitBytes) {
      throw new QmpError('protocol', `a line is longer than ${lineLimitBytes} bytes`);
    }
    // A copy: the reader of a socket can reuse its buffer.
    if (bytes.length > 0) this.#begun.push(bytes.slice());
  }

  #take(): string {
    const decoder = new TextDecoder();
    const texts = this.#begun.map((bytes) => decoder.decode(bytes, { stream: true }));
    this.#begun = [];
    this.#begunBytes = 0;
    return (texts.join('') + decoder.decode()).trim();
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new QmpError('protocol', `not valid JSON: ${line.slice(0, 100)}`);
  }
}

import { isObject, type JsonObject } from '../language/json.js';

/** What the parser finds in the bytes from a guest. */
export type Received =
  /** A JSON object, and whether the delimiter 0xFF came directly before it. */
  | {
      readonly kind: 'object';
      readonly value: JsonObject;
      readonly text: string;
      readonly isDelimited: boolean;
    }
  /** A line that is not a reply: stale, or not from an agent. `start` is its beginning. */
  | { readonly kind: 'other'; readonly start: string }
  /** A line longer or nested deeper than the limits; its contents are dropped. */
  | { readonly kind: 'rejected'; readonly reason: string };

const newline = 0x0a;
const delimiter = 0xff;

/** No type of qga/qapi-schema.json nests deeper than 8. */
export const depthLimit = 64;
const shownCharacters = 80;

/**
 * A push parser of an agent's replies: one JSON object per line, in ASCII, since QEMU escapes everything else
 * (qobject/json-writer.c). 0xFF, which `guest-sync-delimited` sends, drops an incomplete line. It stores no more
 * than one line of at most `limitBytes`, and needs time in proportion to the bytes.
 */
export class ReplyParser {
  /** The maximum length of a line in bytes; the session sets it for the commands that wait. */
  limitBytes: number;
  /** The beginning of a line; longer than it, so that bytes can be added without a copy of all. */
  #line = new Uint8Array(0);
  #lineBytes = 0;
  #isDelimited = false;
  /** The rest of the line is dropped. */
  #isTooLong = false;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  /** The number of bytes that are stored. */
  get storedBytes(): number {
    return this.#lineBytes;
  }

  /** @returns what `chunk` completes, in order; never throws */
  push(chunk: Uint8Array): readonly Received[] {
    const found: Received[] = [];
    let start = 0;
    while (start < chunk.length) {
      const end = chunk.indexOf(newline, start);
      const line = chunk.subarray(start, end === -1 ? chunk.length : end);
      this.#add(line, found);
      if (end === -1) break;
      this.#complete(found);
      start = end + 1;
    }
    return found;
  }

  /** Adds a piece of a line. A delimiter in it drops everything before. */
  #add(piece: Uint8Array, found: Received[]): void {
    const at = piece.lastIndexOf(delimiter);
    if (at !== -1) {
      this.#reset();
      this.#isDelimited = true;
    }
    const bytes = piece.subarray(at + 1);
    if (bytes.length === 0 || this.#isTooLong) return;
    if (this.#lineBytes + bytes.length > this.limitBytes) {
      found.push({ kind: 'rejected', reason: `a reply is longer than ${this.limitBytes} bytes` });
      this.#reset();
      this.#isTooLong = true;
      return;
    }
    this.#reserve(this.#lineBytes + bytes.length);
    this.#line.set(bytes, this.#lineBytes);
    this.#lineBytes += bytes.length;
  }

  #reserve(length: number): void {
    if (length <= this.#line.length) return;
    const longer = new Uint8Array(Math.max(length, Math.min(2 * this.#line.length, this.limitBytes), 1024));
    longer.set(this.#line.subarray(0, this.#lineBytes));
    this.#line = longer;
  }

  #complete(found: Received[]): void {
    const isDelimited = this.#isDelimited;
    const text = new TextDecoder().decode(this.#line.subarray(0, this.#lineBytes)).trim();
    this.#reset();
    if (text !== '') found.push(read(text, isDelimited));
  }

  #reset(): void {
    // A long line must not hold its memory until the next one.
    if (this.#line.length > keptBytes) this.#line = new Uint8Array(0);
    this.#lineBytes = 0;
    this.#isDelimited = false;
    this.#isTooLong = false;
  }
}

const keptBytes = 128 * 1024;

function read(text: string, isDelimited: boolean): Received {
  if (!text.startsWith('{')) return other(text);
  if (depthOf(text) > depthLimit) {
    return { kind: 'rejected', reason: `a reply is nested deeper than ${depthLimit}` };
  }
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? { kind: 'object', value, text, isDelimited } : other(text);
  } catch {
    return other(text);
  }
}

const other = (text: string): Received => ({ kind: 'other', start: text.slice(0, shownCharacters) });

/** How deep a text nests objects and lists; brackets in strings do not count. */
export function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text[at]) {
      case '"':
        at = endOfString(text, at);
        break;
      case '{':
      case '[':
        depth += 1;
        deepest = Math.max(deepest, depth);
        break;
      case '}':
      case ']':
        depth -= 1;
    }
  }
  return deepest;
}

/** The closing quote of a string: the next one after an even number of backslashes. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

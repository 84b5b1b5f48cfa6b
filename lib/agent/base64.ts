/*
 * Base64 (RFC 4648, with padding): the agent's encoding of files and output. Written here because neither `atob`
 * nor Node's Buffer is both strict and available wherever the library runs.
 */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const letters = Uint8Array.from(alphabet, (letter) => letter.charCodeAt(0));
const invalid = 64;
const values = new Uint8Array(256).fill(invalid);
letters.forEach((letter, value) => (values[letter] = value));
const padding = '='.charCodeAt(0);

/** Memory for a text, used again: that of a new array would be cleared, and collected, for each piece of a file. */
let scratch = new Uint8Array(0);

function textOf(length: number): Uint8Array<ArrayBuffer> {
  if (length > keptBytes) return new Uint8Array(length);
  if (scratch.length === 0) scratch = new Uint8Array(keptBytes);
  return scratch.subarray(0, length);
}

const keptBytes = 128 * 1024;

export function encodeBase64(bytes: Uint8Array): string {
  const text = textOf(Math.ceil(bytes.length / 3) * 4);
  const byte = (at: number): number => bytes[at] ?? 0;
  const letter = (value: number): number => letters[value & 63] ?? padding;
  let to = 0;
  for (let from = 0; from < bytes.length; from += 3) {
    const group = (byte(from) << 16) | (byte(from + 1) << 8) | byte(from + 2);
    text[to++] = letter(group >> 18);
    text[to++] = letter(group >> 12);
    text[to++] = letter(group >> 6);
    text[to++] = letter(group);
  }
  const missing = (text.length / 4) * 3 - bytes.length;
  text.fill(padding, text.length - missing);
  return new TextDecoder().decode(text);
}

/** @returns undefined if the text is not valid base64 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const missing = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  if (text.length % 4 !== 0) return undefined;
  const codes = textOf(text.length);
  // What is not ASCII needs more bytes than characters.
  const { read, written } = new TextEncoder().encodeInto(text, codes);
  if (read !== text.length || written !== text.length) return undefined;
  // The padding counts as zeros, and is cut off.
  codes.fill(letters[0] ?? 0, codes.length - missing);
  const bytes = new Uint8Array((codes.length / 4) * 3);
  // Without a closure, V8 makes it twice as fast; files are megabytes.
  let seen = 0;
  let to = 0;
  for (let from = 0; from < codes.length; from += 4) {
    const first = values[codes[from] ?? 0] ?? invalid;
    const second = values[codes[from + 1] ?? 0] ?? invalid;
    const third = values[codes[from + 2] ?? 0] ?? invalid;
    const fourth = values[codes[from + 3] ?? 0] ?? invalid;
    seen |= first | second | third | fourth;
    const group = (first << 18) | (second << 12) | (third << 6) | fourth;
    bytes[to] = group >> 16;
    bytes[to + 1] = group >> 8;
    bytes[to + 2] = group;
    to += 3;
  }
  return (seen & invalid) === 0 ? bytes.subarray(0, bytes.length - missing) : undefined;
}

/*
 * Base64 (RFC 4648, with padding): the agent's encoding of files and output. Written here because neither `atob`
 * nor Node's Buffer is both strict and available wherever the library runs.
 */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const letters = Uint8Array.from(alphabet, (letter) => letter.charCodeAt(0));
const invalid = 64;
const values = new Uint8Array(128).fill(invalid);
letters.forEach((letter, value) => (values[letter] = value));
const padding = '='.charCodeAt(0);

export function encodeBase64(bytes: Uint8Array): string {
  const text = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
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
  if (text.length % 4 !== 0) return undefined;
  const missing = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const length = (text.length / 4) * 3 - missing;
  const bytes = new Uint8Array(length);
  let seen = 0;
  const value = (at: number): number => {
    const code = text.charCodeAt(at);
    const found = code < 128 ? (values[code] ?? invalid) : invalid;
    seen |= found;
    return found;
  };
  let to = 0;
  for (let from = 0; from < text.length - (missing > 0 ? 4 : 0); from += 4) {
    const group = (value(from) << 18) | (value(from + 1) << 12) | (value(from + 2) << 6) | value(from + 3);
    bytes[to++] = group >> 16;
    bytes[to++] = group >> 8;
    bytes[to++] = group;
  }
  if (missing > 0) {
    const from = text.length - 4;
    const third = missing === 1 ? value(from + 2) : 0;
    const group = (value(from) << 18) | (value(from + 1) << 12) | (third << 6);
    bytes[to++] = group >> 16;
    if (missing === 1) bytes[to] = group >> 8;
  }
  return (seen & invalid) === 0 ? bytes : undefined;
}

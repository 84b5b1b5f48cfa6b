/** The payload of messages: strings that end with NUL, and values, which extend to the end of the message. */

/** Strings, each with its NUL. They cannot contain one: paths, tokens and permissions never do. */
export function encodeTexts(...texts: readonly string[]): Uint8Array {
  return new TextEncoder().encode(texts.map((text) => `${text}\0`).join(''));
}

/** The strings of a list in which each ends with NUL. */
export function decodeTexts(payload: Uint8Array): string[] {
  const texts = new TextDecoder().decode(payload).split('\0');
  // What follows the last NUL is empty, unless the daemon has omitted that NUL.
  if (texts.at(-1) === '') texts.pop();
  return texts;
}

export function joinBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let end = 0;
  for (const part of parts) {
    bytes.set(part, end);
    end += part.length;
  }
  return bytes;
}

/** What messages carry: texts that end in NUL, and values, which end where the message does. */

/** Texts, each with its NUL. None of them may have one inside: paths, tokens and permissions cannot. */
export function encodeTexts(...texts: readonly string[]): Uint8Array {
  return new TextEncoder().encode(texts.map((text) => `${text}\0`).join(''));
}

/** The texts of a list in which each ends in NUL. */
export function decodeTexts(payload: Uint8Array): string[] {
  const texts = new TextDecoder().decode(payload).split('\0');
  // What follows the last NUL is empty, unless the daemon left that NUL out.
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

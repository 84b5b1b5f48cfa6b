import type { Report } from '../diagnostics/diagnostic.js';
import { defaultLimit } from './options.js';

/** Decodes a document to text. Bytes must be UTF-8; a document over the limit is rejected first. */
export function decodeInput(
  input: string | Uint8Array,
  options: { readonly limit?: number | undefined },
  report: Report,
): string {
  const limit = options.limit ?? defaultLimit;
  if (input.length > limit) {
    const message = `the document is larger than ${limit} bytes`;
    report.add('input-too-large', message, undefined, {
      hint: 'raise the maximum input size',
      remedy: { option: 'limit' },
    });
    return '';
  }
  if (typeof input === 'string') return input;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(input);
  } catch {
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(input);
    const start = firstInvalid(input);
    report.add(
      'input-encoding',
      'the document is not valid UTF-8',
      { start, end: start + 1 },
      'convert it with iconv -t UTF-8',
    );
    return text;
  }
}

/** The number of UTF-16 units before the first byte that is not UTF-8. */
function firstInvalid(bytes: Uint8Array): number {
  let [good, bad] = [0, bytes.length];
  while (good < bad) {
    const middle = (good + bad + 1) >> 1;
    if (isValid(bytes.subarray(0, middle))) good = middle;
    else bad = middle - 1;
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, good), { stream: true })
    .length;
}

/** Whether bytes are the beginning of valid UTF-8; the last character can be incomplete. */
function isValid(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

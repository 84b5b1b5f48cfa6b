import { maximumSocketPathBytes } from './limits.js';

/** Why a path cannot be that of a file or socket of the host. */
export function hostPathProblem(path: string, isSocket: boolean): string | undefined {
  if (!path.startsWith('/')) return 'is not absolute';
  // A UTF-16 unit is three bytes at most.
  if (!isSocket || path.length * 3 <= maximumSocketPathBytes) return undefined;
  if (utf8Length(path) <= maximumSocketPathBytes) return undefined;
  return `is longer than ${maximumSocketPathBytes} bytes, the limit for a Unix socket`;
}

const utf8 = new TextEncoder();

/** Bytes in UTF-8. */
const utf8Length = (text: string): number => utf8.encode(text).length;

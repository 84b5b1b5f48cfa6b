import { quote } from './strings.js';

/** A value to be written: a whole number, a text, or a list. */
export type XlSource = number | string | XlVerbatim | readonly XlSource[];

/** A value as it is to stand in the file, with its quotes. */
export interface XlVerbatim {
  readonly source: string;
}

/** A text found by `printValue` that only xl reads, or that cannot be written. */
export interface PrintProblem {
  readonly kind: 'escaped' | 'impossible';
  readonly text: string;
  readonly reason: string;
}

/**
 * Writes a value as libvirt's writer does: numbers plain, strings in quotes, lists as `[ a, b ]`.
 * @param onProblem called for each text that requires xl's own escapes, or that cannot be written
 */
export function printValue(value: XlSource, onProblem: (problem: PrintProblem) => void): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'object' && 'source' in value) return value.source;
  if (typeof value !== 'string') {
    return `[ ${value.map((item) => printValue(item, onProblem)).join(', ')} ]`;
  }
  const quoting = quote(value);
  if (quoting.kind === 'plain') return quoting.source;
  if (quoting.kind === 'escaped') {
    onProblem({
      kind: 'escaped',
      text: value,
      reason: 'it contains a backslash, a line break or both kinds of quote',
    });
    return quoting.source;
  }
  onProblem({ kind: 'impossible', text: value, reason: quoting.reason });
  return '""';
}

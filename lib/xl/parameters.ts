import type { Report } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import { spanWithin, type XlAtom } from './syntax/ast.js';

/** One piece between commas of a device's string, such as `path=/run/agent.sock`. */
export interface Piece {
  readonly text: string;
  /** Where it begins in the device's string. */
  readonly start: number;
  readonly span: Span;
}

/** Cuts at commas as C's strtok does: empty pieces are skipped. */
export function splitAtCommas(atom: XlAtom): readonly Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  for (const text of atom.text.split(',')) {
    if (text !== '') pieces.push({ text, start, span: spanWithin(atom, start, start + text.length) });
    start += text.length + 1;
  }
  return pieces;
}

/** A parameter with its value. */
export interface Parameter {
  readonly key: string;
  readonly value: string;
  readonly span: Span;
}

/**
 * Reads a piece as KEY=VALUE the way xl reads `vif`, `vfb` and their like: blanks before the key
 * are skipped, everything after the first `=` is the value.
 *
 * @returns nothing if there is no `=`
 */
export function parameterOf(piece: Piece): Parameter | undefined {
  const text = piece.text.replace(/^ +/, '');
  const equals = text.indexOf('=');
  if (equals < 0) return undefined;
  return { key: text.slice(0, equals), value: text.slice(equals + 1), span: piece.span };
}

/**
 * Parameters that were kept for xl, as long as they are of the kind that only xl knows: what a
 * document keeps must not become something that it says by itself.
 */
export function keptParameters(
  parameters: readonly string[] | undefined,
  xlOnly: RegExp,
  device: string,
  report: Report,
  span: Span | undefined,
): readonly string[] {
  return (parameters ?? []).filter((parameter) => {
    const fits = xlOnly.test(parameter) && !/[,\n]/.test(parameter);
    if (!fits)
      report.add('kept-unplaceable', `${device}: '${parameter}' is no parameter that only xl knows`, span);
    return fits;
  });
}

import type { Report } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import { spanWithin, type XlAtom } from '../xl-syntax/ast.js';

/** One piece between commas of a device's string, such as `path=/run/agent.sock`. */
export interface Piece {
  readonly text: string;
  /** Its offset in the device's string. */
  readonly start: number;
  readonly span: Span;
}

/** Splits at commas as C's strtok does: empty pieces are skipped. */
export function splitAtCommas(atom: XlAtom): readonly Piece[] {
  const pieces: Piece[] = [];
  const { text } = atom;
  for (let start = 0; start < text.length;) {
    const comma = text.indexOf(',', start);
    const end = comma < 0 ? text.length : comma;
    if (end > start) pieces.push({ text: text.slice(start, end), start, span: spanWithin(atom, start, end) });
    start = end + 1;
  }
  return pieces;
}

/** Trims the characters of C's isspace; a no-break space remains. */
export function trimSpace(text: string): string {
  const isBlank = (index: number): boolean => ' \t\n\v\f\r'.includes(text.charAt(index));
  let [start, end] = [0, text.length];
  while (start < end && isBlank(start)) start += 1;
  while (end > start && isBlank(end - 1)) end -= 1;
  return text.slice(start, end);
}

/** A parameter with its value. */
export interface Parameter {
  readonly key: string;
  readonly value: string;
  readonly span: Span;
}

/**
 * Parses a piece as KEY=VALUE as xl does for `vif`, `vfb` and others: blanks before the key are skipped, everything
 * after the first `=` is the value.
 *
 * @returns undefined if there is no `=`
 */
export function parameterOf(piece: Piece): Parameter | undefined {
  const text = piece.text.startsWith(' ') ? piece.text.replace(/^ +/, '') : piece.text;
  const equals = text.indexOf('=');
  if (equals < 0) return undefined;
  return { key: text.slice(0, equals), value: text.slice(equals + 1), span: piece.span };
}

/** Adds a parameter to those of a device; an earlier one of the same key is overridden, which is reported. */
export function setParameter(found: Map<string, Parameter>, parameter: Parameter, report: Report): void {
  const earlier = found.get(parameter.key);
  if (earlier) reportOverridden(parameter.key, earlier.span, report);
  found.set(parameter.key, parameter);
}

/** Reports what xl overrides by a later one of the same key. */
export const reportOverridden = (key: string, span: Span | undefined, report: Report): void =>
  report.add('xl-overridden', `'${key}' is given more than once; xl uses the last`, span);

/**
 * Reads a device's string for which xl accepts these keys only, and the last of a repeated key.
 *
 * @param setting the name of the setting, for messages
 * @returns undefined if xl would reject it, which is reported
 */
export function parametersOf(
  atom: XlAtom,
  keys: readonly string[],
  setting: string,
  report: Report,
): ReadonlyMap<string, Parameter> | undefined {
  const found = new Map<string, Parameter>();
  for (const piece of splitAtCommas(atom)) {
    const parameter = parameterOf(piece);
    if (!parameter || !keys.includes(parameter.key)) {
      const hint = `use one of ${keys.join(', ')}`;
      report.add('value-invalid', `${setting}: xl rejects '${piece.text}'`, piece.span, hint);
      return undefined;
    }
    setParameter(found, parameter, report);
  }
  return found;
}

/**
 * Preserved parameters, if they are of the kind that only xl supports: a document must not override by them what it
 * specifies itself.
 */
export function preservedParameters(
  parameters: readonly string[] | undefined,
  xlOnly: RegExp,
  device: string,
  report: Report,
  span: Span | undefined,
): readonly string[] {
  return (parameters ?? []).filter((parameter) => {
    const fits = xlOnly.test(parameter) && !/[,\n]/.test(parameter);
    if (!fits)
      report.add(
        'preserved-conflict',
        `${device}: '${parameter}' is not a parameter that only xl supports`,
        span,
      );
    return fits;
  });
}

/** A number as C's atoi, and so xl, reads it: 0 if there is none, and text after it is ignored. That is reported. */
export function numberOf(parameter: Parameter | undefined, report: Report): number {
  if (!parameter) return 0;
  const { key, value, span } = parameter;
  const digits = /^[ \t\n\v\f\r]*([-+]?[0-9]{1,10})/.exec(value);
  const number = Number(digits?.[1] ?? 0);
  if (digits?.[0] !== value) report.add('xl-ignored', `xl reads ${key}=${value} as ${number}`, span);
  return number;
}

import type { Span } from '../diagnostics/span.js';

/**
 * A single value. xl does not distinguish `512`, `"512"` and `'512'`: each is a string, converted to a number where
 * one is required (libxlu_cfg_y.y: `atom`).
 */
export interface XlAtom {
  readonly kind: 'atom';
  /** The text with its escapes decoded. */
  readonly text: string;
  readonly quoted: boolean;
  readonly span: Span;
  /** For a string with escapes or joined by `+=`: the position of each character of `text`. */
  readonly offsets?: readonly number[];
}

export interface XlList {
  readonly kind: 'list';
  readonly items: readonly XlValue[];
  readonly span: Span;
}

export type XlValue = XlAtom | XlList;

/** `key = value` or `key += value`. */
export interface XlAssignment {
  readonly key: string;
  readonly keySpan: Span;
  readonly operator: '=' | '+=';
  readonly value: XlValue;
}

export interface XlComment {
  /** The text after `#`, up to the end of the line. */
  readonly text: string;
  readonly span: Span;
}

/** An xl.cfg as written, before `+=` and repeated keys are resolved. */
export interface XlDocument {
  readonly assignments: readonly XlAssignment[];
  readonly comments: readonly XlComment[];
}

/** The position in the source of characters `start` to `end` of an atom's text. */
export function spanWithin(atom: XlAtom, start: number, end: number): Span {
  if (start >= end || end > atom.text.length) return atom.span;
  const { offsets } = atom;
  if (offsets) {
    const [first, last] = [offsets[start], offsets[end - 1]];
    return first === undefined || last === undefined || last < first
      ? atom.span
      : { start: first, end: last + 1 };
  }
  const base = atom.span.start + (atom.quoted ? 1 : 0);
  return { start: base + start, end: base + end };
}

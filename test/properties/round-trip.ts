import { assert } from 'chai';
import {
  formatDomainXml,
  formatXlConfig,
  parseDomainXml,
  parseXlConfig,
  type Diagnostic,
  type Domain,
  type Format,
  type FormatResult,
} from '../../lib/index.js';
import type { FormatOptions } from '../../lib/document/options.js';
import { assertSame } from './difference.js';
import { normalise, sortPreserved, throughXl, throughXml } from './normalise.js';

/** The errors among diagnostics, as texts. */
export const errorsOf = (diagnostics: readonly Diagnostic[]): readonly string[] =>
  diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ code, message }) => `${code}: ${message}`);

/** The output; undefined if the domain was rejected. There must be either a text or errors. */
export function textOf({ text, diagnostics }: FormatResult): string | undefined {
  const errors = errorsOf(diagnostics);
  assert.equal(text === undefined, errors.length > 0, `a text or errors, not: ${errors.join('; ')}`);
  return text;
}

/** Reads our own output, which must have no errors. */
export const readBack = (text: string, format: Format): Domain => readAll(text, format).domain;

function readAll(text: string, format: Format): Read {
  const { domain, diagnostics } = format === 'xl' ? parseXlConfig(text) : parseDomainXml(text);
  assert.deepEqual(errorsOf(diagnostics), [], `our own output is refused:\n${text}`);
  assert(domain, `our own output gives no domain:\n${text}`);
  return { domain, diagnostics };
}

interface Read {
  readonly domain: Domain;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Writes a domain and reads it back: the result is the same after the normalisations of the format, with a warning
 * for everything that they omit; or the domain is rejected.
 *
 * @returns the output; undefined if the domain was rejected
 */
export function assertRoundTrip(
  domain: Domain,
  format: Format,
  options: FormatOptions = {},
): string | undefined {
  const written = format === 'xl' ? formatXlConfig(domain, options) : formatDomainXml(domain, options);
  const text = textOf(written);
  if (text === undefined) return undefined;
  const expected = normalise(domain, format === 'xl' ? throughXl : throughXml);
  const read = readAll(text, format);
  const { preserved } = read.domain;
  // What the reader omits, it preserves as XML.
  const fragments = expected.leftOut > 0 ? expected.domain.preserved.fragments : preserved.fragments;
  const actual = { ...read.domain, preserved: { ...preserved, fragments } };
  assertSame(sortPreserved(actual), sortPreserved(expected.domain), text);
  const told = [...written.diagnostics, ...read.diagnostics];
  const warnings = told.filter(({ severity }) => severity === 'warning').length;
  assert.isAtLeast(warnings, expected.leftOut, 'a warning for each thing that is left out');
  return text;
}

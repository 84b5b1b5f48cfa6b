import type { Diagnostic } from '../../lib/diagnostics/diagnostic.js';

/** Each diagnostic as `code: TEXT`, with the source text of its span; only the code if it has no span. */
export function findings(source: string, diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map(({ code, span }) =>
    span ? `${code}: ${source.slice(span.start, span.end)}` : code,
  );
}

/** The same without diagnostics of severity info. */
export function problems(source: string, diagnostics: readonly Diagnostic[]): readonly string[] {
  return findings(
    source,
    diagnostics.filter(({ severity }) => severity !== 'info'),
  );
}

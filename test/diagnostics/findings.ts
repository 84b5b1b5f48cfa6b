import type { Diagnostic } from '../../lib/diagnostics/diagnostic.js';

/** Each finding as `code: the source text that its span covers`; the code alone where there is no span. */
export function findings(source: string, diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map(({ code, span }) =>
    span ? `${code}: ${source.slice(span.start, span.end)}` : code,
  );
}

/** The same without those that only inform. */
export function problems(source: string, diagnostics: readonly Diagnostic[]): readonly string[] {
  return findings(
    source,
    diagnostics.filter(({ severity }) => severity !== 'info'),
  );
}

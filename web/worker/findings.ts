import type { Severity } from '../../lib/diagnostics/codes.js';
import type { Diagnostic } from '../../lib/diagnostics/diagnostic.js';
import { LineIndex } from '../../lib/diagnostics/span.js';
import type { Counts, Finding } from '../exchange.js';

/** How many of each severity the page gets: a document can have hundreds of thousands. */
const mostOfEach = 500;

export function countsOf(diagnostics: readonly Diagnostic[]): Counts {
  const counts: Record<Severity, number> = { error: 0, warning: 0, info: 0 };
  for (const { severity } of diagnostics) counts[severity]++;
  return counts;
}

/** The first diagnostics of each severity, in the order of the document. */
export function findingsOf(diagnostics: readonly Diagnostic[], source: string): readonly Finding[] {
  const lines = new LineIndex(source);
  const left: Record<Severity, number> = { error: mostOfEach, warning: mostOfEach, info: mostOfEach };
  return diagnostics
    .filter(({ severity }) => left[severity]-- > 0)
    .map(({ severity, code, message, hint, drop, span }) => ({
      severity,
      code,
      message,
      ...(hint !== undefined && { hint }),
      ...(drop !== undefined && { drop }),
      ...(span && { place: { start: span.start, end: span.end, ...lines.position(span.start) } }),
    }));
}

import { codes, type Code } from './codes.js';
import type { Span } from './span.js';

/** error: no output is written. warning: something is left out. info: something was mapped or filled in. */
export type Severity = 'error' | 'warning' | 'info';

/** One finding about a document. */
export interface Diagnostic {
  readonly code: Code;
  readonly severity: Severity;
  /** What is wrong, in one sentence, without the position. */
  readonly message: string;
  /** Where, in the document that was read; absent where no place can be named. */
  readonly span?: Span;
  /** What to do about it. */
  readonly hint?: string;
}

/** Collects diagnostics; nothing in the core throws for a bad document. */
export class Report {
  readonly #diagnostics: Diagnostic[] = [];

  /** Adds a finding; its severity is that of its code. */
  add(code: Code, message: string, span?: Span, hint?: string): void {
    this.#diagnostics.push({
      code,
      severity: codes[code].severity,
      message,
      ...(span && { span: { start: span.start, end: span.end } }),
      ...(hint !== undefined && { hint }),
    });
  }

  get hasErrors(): boolean {
    return this.#diagnostics.some((d) => d.severity === 'error');
  }

  /** Everything found so far, in the order of the places in the document; what has no place comes last. */
  get diagnostics(): readonly Diagnostic[] {
    const place = (d: Diagnostic): number => d.span?.start ?? Number.MAX_SAFE_INTEGER;
    return this.#diagnostics.toSorted((a, b) => place(a) - place(b));
  }
}

/** `--strict`: every warning becomes an error. */
export function strictly(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.map((d) => (d.severity === 'warning' ? { ...d, severity: 'error' } : d));
}

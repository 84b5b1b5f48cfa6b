import { codes, type Code, type Severity } from './codes.js';
import type { Span } from './span.js';

/**
 * What avoids a finding, as data: an option of the library by its name, or a hook. A command adds its flag.
 */
export type Remedy =
  | { readonly option: 'from'; readonly value?: 'libvirt' | 'xl' }
  | { readonly option: 'keep'; readonly value: boolean }
  | { readonly option: 'limit' }
  /** The value is the name of the network; `user` for interfaces of type 'user'. */
  | { readonly option: 'networks'; readonly value: string }
  /** The value is the name of the storage pool. */
  | { readonly option: 'pools'; readonly value: string }
  | { readonly option: 'xen'; readonly value: string }
  | { readonly hook: 'libvirt' };

/** A hint with the option that it is about. */
export interface Advice {
  readonly hint: string;
  readonly remedy: Remedy;
}

/** One finding about a document. */
export interface Diagnostic {
  readonly code: Code;
  readonly severity: Severity;
  /** What is wrong, without the position. */
  readonly message: string;
  /** Where, in the document that was read; absent where no place can be named. */
  readonly span?: Span;
  /** How to fix it. */
  readonly hint?: string;
  /** The option that the hint is about. */
  readonly remedy?: Remedy;
}

/** Collects diagnostics; nothing in the core throws for a bad document. */
export class Report {
  readonly #diagnostics: Diagnostic[] = [];

  /** Adds a finding; its severity is that of its code. */
  add(code: Code, message: string, span?: Span, advice?: string | Advice): void {
    this.#diagnostics.push({
      code,
      severity: codes[code].severity,
      message,
      ...(span && { span: { start: span.start, end: span.end } }),
      ...(typeof advice === 'string' ? { hint: advice } : advice),
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

/** Treats warnings as errors. */
export function strictly(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.map((d) => (d.severity === 'warning' ? { ...d, severity: 'error' } : d));
}

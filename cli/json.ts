import type { Diagnostic } from '../lib/diagnostics/diagnostic.js';
import { LineIndex } from '../lib/diagnostics/span.js';
import { print } from './terminal.js';

/**
 * Prints results as one JSON document, `{"results":[...]}`, one result per line, each as soon as it
 * is available. See docs/json.md.
 */
export class JsonResults {
  #separator = '{"results":[\n';

  /** @param fields further fields of the command */
  add(
    file: string,
    { source, diagnostics }: { readonly source: string; readonly diagnostics: readonly Diagnostic[] },
    fields: object,
  ): void {
    this.#print({ file, ...fields, diagnostics: diagnosticsForJson(diagnostics, source) });
  }

  /** A file that could not be read or written. */
  addFailure(file: string, done: 'converted' | 'adapted', error: string): void {
    this.#print({ file, [done]: false, error });
  }

  /** Ends the document. At least one result has been added. */
  end(): void {
    print('stdout', '\n]}\n');
  }

  #print(result: object): void {
    print('stdout', this.#separator + JSON.stringify(result));
    this.#separator = ',\n';
  }
}

/** Diagnostics with numeric positions, in the order of docs/json.md. */
export function diagnosticsForJson(diagnostics: readonly Diagnostic[], source: string): readonly object[] {
  const lines = new LineIndex(source);
  return diagnostics.map(({ code, severity, message, span, hint, remedy, drop }) => ({
    severity,
    code,
    message,
    ...(span && { ...lines.position(span.start), offset: span.start, length: span.end - span.start }),
    hint,
    remedy,
    drop,
  }));
}

import type { Report } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import { printValue, type XlSource } from '../xl-syntax/printer.js';

interface Entry {
  readonly value: XlSource;
  readonly span: Span | undefined;
}

/** Collects the settings of an xl.cfg; descriptors add theirs in any order, `print` puts them in the output order. */
export class XlOutput {
  readonly #settings = new Map<string, Entry | Entry[]>();
  readonly #comments: string[] = [];
  readonly #report: Report;

  constructor(report: Report) {
    this.#report = report;
  }

  /** Sets a key; a boolean is written as 0 or 1, nothing if the value is absent. */
  set(key: string, value: XlSource | boolean | undefined, span?: Span): void {
    if (value === undefined) return;
    this.#settings.set(key, { value: typeof value === 'boolean' ? Number(value) : value, span });
  }

  /** Adds an item to a list. */
  append(key: string, item: XlSource, span?: Span): void {
    const entries = this.#settings.get(key);
    if (Array.isArray(entries)) entries.push({ value: item, span });
    else this.#settings.set(key, [{ value: item, span }]);
  }

  /** The value that a key was set to; for a list, its items. */
  get(key: string): XlSource | undefined {
    const entry = this.#settings.get(key);
    return Array.isArray(entry) ? entry.map((item) => item.value) : entry?.value;
  }

  /** The keys that are set. */
  get keys(): readonly string[] {
    return [...this.#settings.keys()];
  }

  /** The position in the document of the value of a key; for a list, that of its first item. */
  spanOf(key: string): Span | undefined {
    const entry = this.#settings.get(key);
    return Array.isArray(entry) ? entry[0]?.span : entry?.span;
  }

  remove(key: string): void {
    this.#settings.delete(key);
  }

  /** A comment line after the settings. */
  comment(text: string): void {
    this.#comments.push(text);
  }

  /**
   * One `key = value` per line. Values that require xl's escapes are reported, as are those that cannot be written.
   * @param inOutputOrder sorts keys into the order in which they are written
   */
  print(inOutputOrder: (keys: readonly string[]) => readonly string[]): string {
    let text = '';
    for (const key of inOutputOrder(this.keys)) text += `${key} = ${this.#print(key)}\n`;
    for (const comment of this.#comments) text += `#${comment}\n`;
    return text;
  }

  #print(key: string): string {
    const entry = this.#settings.get(key);
    if (!Array.isArray(entry)) return entry ? this.#printEntry(key, entry) : '';
    return `[ ${entry.map((item) => this.#printEntry(key, item)).join(', ')} ]`;
  }

  #printEntry(key: string, { value, span }: Entry): string {
    return printValue(value, ({ kind, reason }) => {
      if (kind === 'escaped') {
        this.#report.add('xl-escaped', `'${key}' is written with xl's escapes: ${reason}`, span);
      } else {
        this.#report.add('xl-unrepresentable', `'${key}' cannot be written in an xl.cfg: ${reason}`, span);
      }
    });
  }
}

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { convert, type ConvertOptions } from '../lib/convert.js';
import type { Diagnostic } from '../lib/diagnostics/diagnostic.js';
import { columns } from './columns.js';
import { exitCodes } from './exit-codes.js';
import { dash, FileError, readDocument } from './files.js';
import { Progress } from './progress.js';
import { print } from './terminal.js';
import { commonValues, print as printWording, wordingOf, type Wording } from './wording.js';

/** How the documents are checked, and how the table is printed. */
export interface SummaryOptions {
  readonly convert: ConvertOptions;
  readonly maxInputSize: number;
  readonly format: 'text' | 'json' | 'csv';
}

const outcomes = ['converts', 'converts with losses', 'rejected', 'unreadable'] as const;
type Outcome = (typeof outcomes)[number];

/** Documents with the same outcome for the same reason; a document with several reasons is in several groups. */
interface Group {
  readonly outcome: Outcome;
  /** Absent: no reason is required. */
  readonly code?: string;
  /** Of its values, those that all documents have in common. */
  wording?: Wording;
  readonly files: string[];
}

/** `virt2xen check --summary`: one table over many documents. @returns the exit status */
export async function summarize(paths: readonly string[], options: SummaryOptions): Promise<number> {
  const table = new Summary();
  const files = (paths.length === 0 ? [dash] : paths).flatMap((path) => documentsBelow(path, table));
  const progress = new Progress(files.length);
  for (const file of files) {
    progress.step();
    const name = file === dash ? '<stdin>' : file;
    try {
      const { output, diagnostics } = convert(
        await readDocument(file, options.maxInputSize),
        options.convert,
      );
      table.add(name, output !== undefined, diagnostics);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      table.addUnreadable(name, error.message);
    }
  }
  progress.end();
  print('stdout', table[options.format]());
  return table.status;
}

/**
 * The file itself, or the .xml and .cfg files below a directory, sorted by name; symbolic links to directories are
 * not followed.
 */
function documentsBelow(path: string, table: Summary): readonly string[] {
  if (path === dash || !(statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false)) return [path];
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => {
        const inside = join(path, entry.name);
        if (entry.isDirectory()) return documentsBelow(inside, table);
        return /\.(?:xml|cfg)$/.test(entry.name) ? [inside] : [];
      });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    table.addUnreadable(path, reason);
    return [];
  }
}

/** Counts documents by outcome and reason. */
class Summary {
  readonly #counts = new Map<Outcome, number>(outcomes.map((outcome) => [outcome, 0]));
  readonly #groups = new Map<string, Group>();

  /** A document that is not converted is rejected for its errors; a converted one loses what its warnings refer to. */
  add(file: string, isConverted: boolean, diagnostics: readonly Diagnostic[]): void {
    const severity = isConverted ? 'warning' : 'error';
    const reasons = diagnostics.filter((diagnostic) => diagnostic.severity === severity);
    const outcome = !isConverted ? 'rejected' : reasons.length > 0 ? 'converts with losses' : 'converts';
    this.#count(outcome);
    if (outcome === 'converts') this.#addTo(outcome, file);
    for (const { code, message } of reasons) this.#addTo(outcome, file, code, wordingOf(message));
  }

  addUnreadable(file: string, reason: string): void {
    this.#count('unreadable');
    this.#addTo('unreadable', file, 'file', { fixed: [reason.replace(file, 'FILE')], values: [] });
  }

  get status(): number {
    if (this.#number('unreadable') > 0) return exitCodes.environment;
    return this.#number('rejected') > 0 ? exitCodes.document : exitCodes.done;
  }

  text(): string {
    const total = outcomes.reduce((sum, outcome) => sum + this.#number(outcome), 0);
    const percent = (count: number): string => (total === 0 ? '-' : `${Math.round((count * 100) / total)}%`);
    const counts = outcomes
      .filter((outcome) => outcome !== 'unreadable' || this.#number(outcome) > 0)
      .map((outcome) => [outcome, String(this.#number(outcome)), percent(this.#number(outcome))]);
    const totals = columns(['OUTCOME', 'DOCUMENTS', 'SHARE'], [...counts, ['total', String(total), '']]);
    const reasons = this.#sorted()
      .filter(({ wording }) => wording !== undefined)
      .map(({ outcome, code = '', wording, files }) => [
        String(files.length),
        outcome,
        code,
        wording ? printWording(wording) : '',
        files[0] ?? '',
      ]);
    if (reasons.length === 0) return totals;
    return `${totals}\n${columns(['DOCUMENTS', 'OUTCOME', 'CODE', 'REASON', 'FOR EXAMPLE'], reasons)}`;
  }

  json(): string {
    const counts = Object.fromEntries(outcomes.map((outcome) => [jsonNames[outcome], this.#number(outcome)]));
    const reasons = this.#sorted()
      .filter(({ wording }) => wording !== undefined)
      .map(({ outcome, code, wording, files }) => ({
        outcome: jsonNames[outcome],
        code,
        reason: wording && printWording(wording),
        count: files.length,
        files,
      }));
    return `${JSON.stringify({ summary: counts, reasons })}\n`;
  }

  /** A line for each document and reason. */
  csv(): string {
    const rows = this.#sorted().flatMap(({ outcome, code = '', wording, files }) =>
      files.map((file) => [file, jsonNames[outcome], code, wording ? printWording(wording) : '']),
    );
    return [['file', 'outcome', 'code', 'reason'], ...rows]
      .map((row) => `${row.map(csvField).join(',')}\r\n`)
      .join('');
  }

  #number(outcome: Outcome): number {
    return this.#counts.get(outcome) ?? 0;
  }

  #count(outcome: Outcome): void {
    this.#counts.set(outcome, this.#number(outcome) + 1);
  }

  #addTo(outcome: Outcome, file: string, code?: string, wording?: Wording): void {
    const key = JSON.stringify([outcome, code, wording?.fixed]);
    const group = this.#groups.get(key);
    if (!group) {
      this.#groups.set(key, {
        outcome,
        ...(code !== undefined && { code }),
        ...(wording && { wording }),
        files: [file],
      });
      return;
    }
    if (group.wording && wording) {
      group.wording = { ...wording, values: commonValues(group.wording.values, wording.values) };
    }
    if (group.files.at(-1) !== file) group.files.push(file);
  }

  /** The worst outcome first, then the most frequent. */
  #sorted(): readonly Group[] {
    const rank = ({ outcome }: Group): number => -outcomes.indexOf(outcome);
    return [...this.#groups.values()].toSorted(
      (a, b) => rank(a) - rank(b) || b.files.length - a.files.length,
    );
  }
}

const jsonNames: Readonly<Record<Outcome, string>> = {
  converts: 'converts',
  'converts with losses': 'losses',
  rejected: 'rejected',
  unreadable: 'unreadable',
};

/** RFC 4180. A spreadsheet must not interpret a field as a formula: the name of a file can be anything. */
function csvField(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

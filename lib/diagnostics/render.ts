import { escapeControls } from '../text/controls.js';
import type { Severity } from './codes.js';
import type { Diagnostic, Remedy } from './diagnostic.js';
import { LineIndex, type Span } from './span.js';

export interface RenderOptions {
  /** The name of the document in messages. */
  readonly file: string;
  /** The text that the spans refer to. */
  readonly source: string;
  /** Colours a severity; absent: no colours. */
  readonly paint?: (text: string, severity: Severity | 'dim') => string;
  /** Omit diagnostics of severity info. */
  readonly quiet?: boolean;
  /** How a user sets an option, appended to the hint: the flag of a command, the name of a field. */
  readonly describeRemedy?: (remedy: Remedy) => string | undefined;
  /** The same for the selector that drops a device. */
  readonly describeDrop?: (selector: string) => string;
}

/** Longer lines are shortened around the caret. */
const maximumWidth = 120;

/** How many further lines of the same diagnostic are listed. */
const maximumLines = 20;

/**
 * Renders diagnostics as compilers do: `file:line:col: severity code: message`; errors and warnings with the source
 * line and a caret. Diagnostics that differ only in position are printed once, with all line numbers. Control
 * characters of the document are escaped.
 */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions): string {
  const lines = new LineIndex(options.source);
  const groups = new Map<string, Diagnostic[]>();
  for (const diagnostic of diagnostics) {
    if (options.quiet && diagnostic.severity === 'info') continue;
    const key = `${diagnostic.severity} ${diagnostic.code} ${diagnostic.message}`;
    const group = groups.get(key);
    if (group) group.push(diagnostic);
    else groups.set(key, [diagnostic]);
  }
  return [...groups.values()].map((group) => renderGroup(group, lines, options)).join('');
}

function renderGroup(group: readonly Diagnostic[], lines: LineIndex, options: RenderOptions): string {
  const [first, ...others] = group;
  if (!first) return '';
  const paint = options.paint ?? ((text: string) => text);
  const { severity, code, message, span, hint, remedy, drop } = first;
  const where = span ? lines.position(span.start) : undefined;
  const place = where ? `${options.file}:${where.line}:${where.column}` : options.file;
  const also = renderLines(others, where?.line, lines);
  const head = `${escapeControls(place)}: ${paint(severity, severity)} ${code}: ${escapeControls(message)}${also}\n`;
  const excerpt =
    span && severity !== 'info'
      ? renderExcerpt(span, lines, options.source, (text) => paint(text, severity))
      : '';
  const dropping = drop === undefined ? undefined : options.describeDrop?.(drop);
  const ways = [remedy && options.describeRemedy?.(remedy), dropping].filter((way) => way !== undefined);
  const how = ways.length === 0 ? '' : ` (${escapeControls(ways.join('; '))})`;
  const text = hint ?? (dropping && 'convert the guest without this device');
  const advice =
    text === undefined || severity === 'info'
      ? ''
      : `  ${paint('hint:', 'dim')} ${escapeControls(text)}${how}\n`;
  return head + excerpt + advice;
}

/** The other lines with the same diagnostic; those beyond the first twenty are counted. */
function renderLines(others: readonly Diagnostic[], first: number | undefined, lines: LineIndex): string {
  const numbers = others.flatMap(({ span }) => (span ? [lines.lineNumber(span.start)] : []));
  const distinct = [...new Set(numbers)].filter((number) => number !== first);
  const shown = distinct.slice(0, maximumLines);
  if (shown.length === 0) return others.length === 0 ? '' : ` (${others.length + 1} times)`;
  const more = distinct.length > shown.length ? ` and ${distinct.length - shown.length} more` : '';
  return ` (also on line${distinct.length > 1 ? 's' : ''} ${shown.join(', ')}${more})`;
}

function renderExcerpt(
  span: Span,
  lines: LineIndex,
  source: string,
  paint: (text: string) => string,
): string {
  const line = lines.line(span.start);
  const width = line.end - line.start;
  const from = span.start - line.start;
  const to = Math.max(from + 1, Math.min(span.end - line.start, width));
  const cut = Math.max(0, Math.min(from - 20, width - maximumWidth));
  const part = (start: number, end: number): string =>
    escapeControls(source.slice(line.start + start, line.start + Math.min(end, cut + maximumWidth, width)));
  const [before, marked, after] = [part(cut, from), part(from, to), part(to, width)];
  if ((before + marked + after).trim() === '') return '';
  const lead = cut > 0 ? '...' : '';
  const indent = `${lead}${before}`.replace(/[^\t]/gu, ' ');
  return `  ${lead}${before}${marked}${after}\n  ${indent}${paint('^'.repeat(Math.max(1, [...marked].length)))}\n`;
}

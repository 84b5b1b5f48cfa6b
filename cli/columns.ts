import { styleText } from 'node:util';
import { escapeControls } from '../lib/text/controls.js';
import { terminal } from './terminal.js';

/**
 * Formats a table, each column as wide as its widest entry. The heading is bold if standard output is a
 * terminal with colours and NO_COLOR is not set. Control characters in entries are escaped.
 */
export function columns(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [heading, ...rows].map((row) => row.map((cell) => escapeControls(cell) || '-'));
  const widths = heading.map((_, column) =>
    cells.reduce((widest, row) => Math.max(widest, [...(row[column] ?? '')].length), 0),
  );
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - [...cell].length))
      .join('  ')
      .trimEnd(),
  );
  const hasColors = terminal('stdout')?.hasColors() ?? false;
  const [first = '', ...others] = lines;
  return [hasColors ? styleText('bold', first) : first, ...others].map((line) => `${line}\n`).join('');
}

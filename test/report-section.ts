/** Pages with results, of which each run writes one section. */
import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

/**
 * Replaces the text below a heading, up to the next heading of the same level.
 * @param heading the whole line: `## Faults`
 * @param text Markdown
 * @throws if the page does not have this heading
 */
export async function writeSection(page: string, heading: string, text: string): Promise<void> {
  const parts = readFileSync(page, 'utf8').split(/^(?=## )/m);
  const at = parts.findIndex((part) => part.startsWith(`${heading}\n`));
  if (at < 0) throw new Error(`${page} has no heading ${heading}`);
  parts[at] = `${heading}\n\n${text}\n\n`;
  const style = await resolveConfig(page);
  writeFileSync(page, await format(parts.join(''), { ...style, parser: 'markdown' }));
}

/** @param head the titles of the columns */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

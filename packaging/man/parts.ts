import type { CommandUsage, OptionUsage } from '../usage/usage.js';
import { bold, item, italic, literal, paragraph, section, verbatim } from './roff.js';

/* What several pages have. */

/** All options of a command; every command has the last two. */
export const optionItems = (options: readonly OptionUsage[]): string =>
  options.map(optionItem).join('') +
  item(`${bold('-h')}, ${bold('--help')}`, 'Show help') +
  item(bold('--version'), 'Show version number');

function optionItem({ name, short, describe, value, choices, otherwise }: OptionUsage): string {
  const words = [...(short === undefined ? [] : [bold(`-${short}`)]), bold(`--${name}`)].join(', ');
  const term = value === undefined ? words : `${words} ${italic(value)}`;
  const sentence = otherwise === undefined ? describe : `${describe} (default: ${otherwise})`;
  return item(term, sentence, ...choicesLine(choices));
}

export const choicesLine = (choices: readonly string[]): readonly string[] =>
  choices.length === 0 ? [] : [`One of ${choices.join(', ')}.`];

export const exampleItems = (examples: CommandUsage['examples']): string =>
  examples.map(({ command, describe }) => paragraph(`${describe}:`) + verbatim(command)).join('');

/** From `Exit status: 0 success, 1 ...`. */
export function exitStatus(epilogue: string): string {
  const statuses = [...epilogue.matchAll(/(\d) ([^,.]*(?:\([^)]*\))?[^,.]*?)(?=, \d|\.$)/g)];
  return section(
    'EXIT STATUS',
    statuses.map(([, status = '', meaning = '']) => item(bold(status), meaning)).join(''),
  );
}

export const files = section(
  'FILES',
  item(italic('/etc/virt2xen/config.toml'), 'Settings of the host; see virt2xen.conf(5).'),
);

export const seeAlso = (pages: readonly string[]): string =>
  pages
    .map((page) =>
      page.replace(/^(.*)(\(\d\))$/, (_, name: string, number: string) => `.BR ${literal(name)} ${number}`),
    )
    .join(' ,\n') + '\n';

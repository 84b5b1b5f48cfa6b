import type { CommandUsage, OptionUsage } from '../usage/usage.js';

/** All options of a command as they are typed. */
export const optionWords = ({ options }: CommandUsage): readonly string[] => [
  ...options.flatMap(({ name, short }) => (short === undefined ? [`--${name}`] : [`-${short}`, `--${name}`])),
  '--help',
];

/** The operands of a command with a fixed list of values, and their places: 2 is the one after the command. */
export function operandChoices({ operands, subcommands }: CommandUsage): readonly {
  readonly place: number;
  readonly name: string;
  readonly choices: readonly string[];
}[] {
  const listed = operands.flatMap(({ name, choices }, index) =>
    choices.length === 0 ? [] : [{ place: index + 2, name, choices }],
  );
  const below = [...new Set(subcommands.map(({ synopsis }) => /^\S+/.exec(synopsis)?.[0] ?? ''))];
  // `agent DOMAIN COMMAND`.
  return below.length === 0 ? listed : [...listed, { place: 3, name: 'command', choices: below }];
}

/** A description in one clause, for menus. */
export const clause = ({ describe }: Pick<OptionUsage, 'describe'>): string =>
  (/^[^;(]*[^;( ]/.exec(describe)?.[0] ?? describe).replace(/[:,]$/, '');

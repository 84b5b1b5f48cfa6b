import type { CommandUsage, ProgramUsage } from '../usage/usage.js';
import { clause, operandChoices } from './words.js';

/** A completion script for fish. */
export function fishCompletion({ commands }: ProgramUsage): string {
  const lines = commands.flatMap((command) => [
    `complete -c virt2xen -n __fish_use_subcommand -f -a ${command.name} -d ${quote(command.describe)}`,
    ...linesOf(command),
  ]);
  return `# Completion of virt2xen for fish.\n${lines.join('\n')}\n`;
}

function linesOf(command: CommandUsage): readonly string[] {
  const when = `complete -c virt2xen -n '__fish_seen_subcommand_from ${command.name}'`;
  const options = command.options.map((option) => {
    const { name, short, value, choices } = option;
    const letter = short === undefined ? '' : ` -s ${short}`;
    const values = choices.length > 0 ? ` -x -a '${choices.join(' ')}'` : value === undefined ? '' : ' -r';
    return `${when}${letter} -l ${name}${values} -d ${quote(clause(option))}`;
  });
  const operands = operandChoices(command).map(({ choices }) => `${when} -a '${choices.join(' ')}'`);
  return [...options, ...operands];
}

const quote = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`;

import { agentCommands } from '../../cli/agent/usage.js';
import { commandVersions } from '../../lib/agent/versions.js';

/** The rows of the table of commands in docs/agent.md, cell by cell. */
export const commandRows: readonly (readonly string[])[] = agentCommands.map(
  ({ name, operands, describe, sends }) => [
    `\`${`${name} ${operands}`.trim().replaceAll('|', '\\|')}\``,
    describe,
    sends.length === 0 ? 'any command' : sends.map((command) => `\`${command}\``).join(', '),
    sends.length === 0 ? '' : versionsOf(sends),
  ],
);

/** One version if all commands have the same, else each that is later than the first. */
function versionsOf(commands: readonly string[]): string {
  const versions = commands.map((command) => commandVersions.get(command)?.since ?? '?');
  const [first = ''] = versions;
  const later = commands.flatMap((command, at) =>
    versions[at] === first ? [] : [`\`${command}\` ${versions[at] ?? ''}`],
  );
  return [first, ...later].join('; ');
}

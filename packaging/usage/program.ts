import { agentCommands, commandOptions, commonOptions } from '../../cli/agent/usage.js';
import { describeProgram } from '../../cli/run.js';
import { recordProgram } from './recorder.js';
import type { CommandUsage, OptionUsage, ProgramUsage } from './usage.js';

/** The usage of virt2xen, from the definitions that print its help. */
export function programUsage(): ProgramUsage {
  const program = recordProgram(describeProgram);
  return {
    ...program,
    commands: program.commands.map((command) => (command.name === 'agent' ? agentUsage(command) : command)),
  };
}

/** `agent` has a parser and help of its own. */
function agentUsage(command: CommandUsage): CommandUsage {
  const options = Object.entries({ ...commonOptions, ...commandOptions }).map(
    ([name, option]): OptionUsage => {
      const owners = agentCommands.filter((each) => (each.options as readonly string[]).includes(name));
      const only = owners.length === 0 ? '' : `${owners.map((owner) => owner.name).join(', ')}: `;
      return {
        name,
        describe: only + option.describe,
        choices: [],
        ...('short' in option && { short: option.short }),
        ...('value' in option && { value: option.value }),
      };
    },
  );
  return {
    ...command,
    synopsis: 'agent (DOMAIN | --socket PATH) COMMAND',
    options: options.filter(({ name }) => name !== 'help'),
    subcommands: agentCommands.map(({ name, operands, describe }) => ({
      synopsis: `${name} ${operands}`.trim(),
      describe,
    })),
    examples: [
      { command: 'virt2xen agent web01 ping', describe: 'Check that the agent of a domain answers' },
      { command: 'virt2xen agent web01 exec -- uname -a', describe: 'Run a program in the guest' },
      {
        command: 'virt2xen agent --socket /run/agent.sock get /var/log/syslog syslog',
        describe: 'Copy a file of the guest, over a socket',
      },
    ],
    epilogue:
      'exec exits with the status of the program, 128 + N if signal N ended it, and 255 for its own errors.',
  };
}

import { agentCommands, commandOptions, commonOptions } from './usage.js';

/** `virt2xen agent --help`. */
export function agentHelp(): string {
  const commands = agentCommands.map(({ name, operands, describe }) => [
    `${name} ${operands}`.trim(),
    describe,
  ]);
  const options = Object.entries({ ...commonOptions, ...commandOptions }).map(([name, option]) => {
    const short = 'short' in option ? `-${option.short}, ` : '    ';
    const value = 'value' in option ? ` ${option.value}` : '';
    const owners = agentCommands.filter((command) => (command.options as readonly string[]).includes(name));
    const only = owners.length === 0 ? '' : `${[...new Set(owners.map((owner) => owner.name))].join(', ')}: `;
    return [`${short}--${name}${value}`, `${only}${option.describe}`];
  });
  return `virt2xen agent (DOMAIN | --socket PATH) COMMAND

Talks to the QEMU guest agent in a guest.

Commands:
${table(commands)}
Options:
${table(options)}
Examples:
  virt2xen agent web01 ping
  virt2xen agent web01 exec -- uname -a
  virt2xen agent --socket /run/agent.sock get /var/log/syslog syslog

Exit status: 0 success, 1 rejected by the agent or condition not met, 2 usage error, 3 environment error
(no channel, no agent, no answer). exec exits with the status of the program, 128 + N if signal N ended
it, and 255 for its own errors.
`;
}

function table(rows: readonly (readonly string[])[]): string {
  const width = Math.max(...rows.map(([first = '']) => first.length)) + 2;
  return rows.map(([first = '', second = '']) => `  ${first.padEnd(width)}${second}\n`).join('');
}

import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import type { PortGoal } from '../../lib/realize/host/port-status.js';
import type { Goal } from '../../lib/realize/host/wait.js';
import { domainArgument, jsonOption, qmpDirOption } from './domain-options.js';
import { once } from './options.js';
import { report } from '../report.js';

type AnyGoal = Goal | PortGoal;

function builder<T>(yargs: Argv<T>) {
  return jsonOption(qmpDirOption(domainArgument(yargs)))
    .positional('name', { describe: 'Name of the channel', type: 'string', demandOption: true })
    .option('for', {
      describe:
        'State to wait for; open and closed: whether a program in the guest has a virtio-serial port open',
      choices: ['connected', 'disconnected', 'open', 'closed'] as const satisfies readonly AnyGoal[],
      default: 'connected' as const,
      coerce: (value: AnyGoal | readonly AnyGoal[]) => once(value) ?? 'connected',
    })
    .option('timeout', {
      describe: 'Seconds to wait before exiting with status 1 (default: no limit)',
      type: 'number',
      coerce: parseTimeout,
    })
    .example('$0 wait web01 org.qemu.guest_agent.0', 'Wait until the guest has opened the channel')
    .example('$0 wait web01 org.qemu.guest_agent.0 --for open', 'Wait until the agent has opened its port')
    .example('$0 wait 7 agent --for disconnected --timeout 30', 'Wait at most 30 seconds');
}

/** The maximum of Node's timers: 24 days. */
const longestSeconds = 2 ** 31 / 1000 - 1;

function parseTimeout(value: number | undefined): number | undefined {
  if (value === undefined || (value >= 0 && value <= longestSeconds)) return value;
  throw new Error(`--timeout requires a number of seconds from 0 to ${Math.floor(longestSeconds)}`);
}

type WaitArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen wait`: returns when a channel has reached a state. */
export const wait: CommandModule<object, WaitArguments> = {
  command: 'wait <domain> <name>',
  describe: 'Wait until a channel of a running domain is connected or disconnected, or open or closed',
  builder: builder as unknown as (yargs: Argv) => Argv<WaitArguments>,
  handler: async (args) => {
    const { waitFor } = await import('../operating.js');
    await report(() => waitFor(args));
  },
};

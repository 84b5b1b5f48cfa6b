import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import type { Goal } from '../../lib/realize/host/wait.js';
import { domainArgument, jsonOption } from './domain-options.js';
import { once } from './options.js';
import { report } from './report.js';

function builder<T>(yargs: Argv<T>) {
  return jsonOption(domainArgument(yargs))
    .positional('name', { describe: 'Name of the channel', type: 'string', demandOption: true })
    .option('for', {
      describe: 'What to wait for',
      choices: ['connected', 'disconnected'] as const satisfies readonly Goal[],
      default: 'connected' as const,
      coerce: (value: Goal | readonly Goal[]) => once(value) ?? 'connected',
    })
    .option('timeout', {
      describe: 'Seconds after which to give up, with exit status 1; without end if not given',
      type: 'number',
      coerce: parseTimeout,
    })
    .example('$0 wait web01 org.qemu.guest_agent.0', 'Go on when the guest has opened its channel')
    .example('$0 wait 7 agent --for disconnected --timeout 30', 'Give up after half a minute');
}

/** Node's timers take no more than this; 24 days. */
const longestSeconds = 2 ** 31 / 1000 - 1;

function parseTimeout(value: number | undefined): number | undefined {
  if (value === undefined || (value >= 0 && value <= longestSeconds)) return value;
  throw new Error(`--timeout wants seconds, from 0 to ${Math.floor(longestSeconds)}`);
}

export type WaitArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen wait`: returns when a channel is in a state. */
export const wait: CommandModule<object, WaitArguments> = {
  command: 'wait <domain> <name>',
  describe: 'Wait until a channel of a running domain is connected, or is not',
  builder: builder,
  handler: async (args) => {
    const { waitFor } = await import('../operating.js');
    await report(() => waitFor(args));
  },
};

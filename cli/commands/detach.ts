import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { hostOptions } from './realize-options.js';
import { report } from './report.js';

const command = ['detach <domain> [names..]'] as const;

function builder<T>(yargs: Argv<T>) {
  return hostOptions(yargs)
    .positional('domain', {
      describe: 'Number, name or uuid of a running domain',
      type: 'string',
      demandOption: true,
    })
    .positional('names', {
      describe: 'Channels to take away; all that attach made if none is named',
      type: 'string',
      array: true,
      default: [] as string[],
    })
    .example('$0 detach vm', 'Take away all channels that attach made')
    .example('$0 detach vm org.qemu.guest_agent.0', 'Take away one');
}

export type DetachArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen detach`: the work is loaded when it is asked for. */
export const detach: CommandModule<object, DetachArguments> = {
  command,
  describe: 'Take away channels that attach made',
  builder: builder as unknown as (yargs: Argv) => Argv<DetachArguments>,
  handler: async (args) => {
    const { detachChannels } = await import('../realize.js');
    await report(() => detachChannels(args));
  },
};

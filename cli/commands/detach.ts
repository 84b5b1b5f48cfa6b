import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { documentsOption } from './domain-options.js';
import { hostOptions } from './realize-options.js';
import { report } from '../report.js';

const command = ['detach <domain> [names..]'] as const;

function builder<T>(yargs: Argv<T>) {
  return documentsOption(hostOptions(yargs))
    .positional('domain', {
      describe: 'ID, name or UUID of a running domain',
      type: 'string',
      demandOption: true,
    })
    .positional('names', {
      describe: 'Channels to detach (default: all channels created by attach)',
      type: 'string',
      array: true,
      default: [] as string[],
    })
    .option('persistent', {
      describe: 'Also remove them from the document of the daemon',
      type: 'boolean',
      default: false,
    })
    .option('unsaved-ports', {
      describe:
        'Detach the virtio-serial ports with which the guest cannot be saved or migrated, and nothing else',
      type: 'boolean',
      default: false,
    })
    .check(({ unsavedPorts, persistent, names }) => {
      if (!unsavedPorts || (!persistent && names.length === 0)) return true;
      throw new Error('--unsaved-ports cannot be used with names or --persistent');
    })
    .example('$0 detach vm', 'Detach all channels created by attach')
    .example('$0 detach vm org.qemu.guest_agent.0', 'Detach one channel')
    .example('$0 detach vm --unsaved-ports && xl save vm vm.save', 'Save a guest');
}

type DetachArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen detach`. The implementation is loaded on use. */
export const detach: CommandModule<object, DetachArguments> = {
  command,
  describe: 'Detach channels created by attach',
  builder: builder as unknown as (yargs: Argv) => Argv<DetachArguments>,
  handler: async (args) => {
    const { detachChannels } = await import('../realize.js');
    await report(() => detachChannels(args));
  },
};

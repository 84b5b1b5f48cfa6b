import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { report } from './report.js';

function builder<T>(yargs: Argv<T>) {
  return yargs
    .positional('directory', { describe: 'Where to write it', type: 'string', demandOption: true })
    .example('$0 guest-kit kit', 'Then copy it into the guest and run sh install.sh there');
}

type GuestKitArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen guest-kit`: what a Linux guest needs to find channels by their names. */
export const guestKit: CommandModule<object, GuestKitArguments> = {
  command: ['guest-kit <directory>'],
  describe: 'Write what a Linux guest needs to find its channels by name',
  builder: builder,
  handler: async ({ directory }) => {
    const { writeGuestKit } = await import('../guest-kit.js');
    await report(() => Promise.resolve(writeGuestKit(directory)));
  },
};

import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { report } from '../report.js';

function builder<T>(yargs: Argv<T>) {
  return yargs
    .positional('directory', { describe: 'Output directory', type: 'string', demandOption: true })
    .example('$0 guest-kit kit', 'Write the kit; then copy it into the guest and run sh install.sh there');
}

type GuestKitArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen guest-kit`: the udev rule and programs with which a Linux guest finds its channels by name. */
export const guestKit: CommandModule<object, GuestKitArguments> = {
  command: ['guest-kit <directory>'],
  describe: 'Write the udev rules and scripts for Linux guests',
  builder: builder,
  handler: async ({ directory }) => {
    const { writeGuestKit } = await import('../guest-kit.js');
    await report(() => Promise.resolve(writeGuestKit(directory)));
  },
};

import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { report } from '../report.js';
import { transferOptions } from './transfer-options.js';

function builder<T>(yargs: Argv<T>) {
  return transferOptions(yargs)
    .positional('file', {
      describe: 'File to send; - for standard input',
      type: 'string',
      demandOption: true,
    })
    .example(
      '$0 send v-31-VM v-31-VM.vport cmdline',
      'Send the first-boot configuration of a CloudStack system VM',
    );
}

type SendArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen send`: a file through a channel, as it is. */
export const send: CommandModule<object, SendArguments> = {
  command: 'send <domain> <channel> <file>',
  describe: 'Send a file to the guest through a channel',
  builder: builder as unknown as (yargs: Argv) => Argv<SendArguments>,
  handler: async (args) => {
    const { sendFile } = await import('../transfer.js');
    await report(() => sendFile(args));
  },
};

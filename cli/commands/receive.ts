import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { report } from '../report.js';
import { transferOptions } from './transfer-options.js';

function builder<T>(yargs: Argv<T>) {
  return transferOptions(yargs)
    .positional('file', {
      describe: 'File to write; - for standard output',
      type: 'string',
      default: '-',
    })
    .option('bytes', {
      describe: 'Number of bytes to receive (default: until the channel closes)',
      type: 'number',
      coerce: parseCount,
    })
    .example('$0 receive web01 log --bytes 4096 out', 'Receive 4096 bytes');
}

function parseCount(value: number | undefined): number | undefined {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) return value;
  throw new Error('--bytes requires a number of bytes');
}

type ReceiveArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen receive`: what the guest writes to a channel. */
export const receive: CommandModule<object, ReceiveArguments> = {
  command: 'receive <domain> <channel> [file]',
  describe: 'Receive what the guest writes to a channel',
  builder: builder as unknown as (yargs: Argv) => Argv<ReceiveArguments>,
  handler: async (args) => {
    const { receiveFile } = await import('../transfer.js');
    await report(() => receiveFile(args));
  },
};

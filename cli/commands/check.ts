import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { conversionSettings, reportConfigured } from './configured.js';
import { documentOptions } from './options.js';

const command = ['check [files..]'] as const;

function builder<T>(yargs: Argv<T>) {
  return documentOptions(yargs)
    .option('summary', {
      describe: 'Print one table over all documents; of a directory, all .xml and .cfg files in it',
      type: 'boolean',
      default: false,
    })
    .option('csv', {
      describe: 'With --summary: print CSV, one line for each document and reason',
      type: 'boolean',
      default: false,
    })
    .check(({ summary, csv, json }) => {
      if (csv && !summary) throw new Error('--csv requires --summary');
      if (csv && json) throw new Error('--csv and --json are mutually exclusive');
      return true;
    })
    .example('$0 check domain.xml', 'Report what a conversion would change or omit')
    .example('$0 check --json *.cfg', 'Report as JSON')
    .example('$0 check --summary /etc/libvirt/qemu', 'Show how many domains convert, and why others do not');
}

type CheckArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen check`: a conversion without output. */
export const check: CommandModule<object, CheckArguments> = {
  command,
  describe: 'Report what a conversion would change or omit',
  builder: builder as unknown as (yargs: Argv) => Argv<CheckArguments>,
  handler: async (args) => {
    const { checkFiles } = await import('../convert-files.js');
    await reportConfigured(args, conversionSettings, checkFiles);
  },
};

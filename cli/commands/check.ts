import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { documentOptions } from './options.js';
import { report } from './report.js';

const command = ['check [files..]'] as const;

function builder<T>(yargs: Argv<T>) {
  return documentOptions(yargs)
    .example('$0 check domain.xml', 'Report what a conversion would change or omit')
    .example('$0 check --json *.cfg', 'Report as JSON');
}

type CheckArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen check`: a conversion without output. */
export const check: CommandModule<object, CheckArguments> = {
  command,
  describe: 'Report what a conversion would change or omit',
  builder: builder as unknown as (yargs: Argv) => Argv<CheckArguments>,
  handler: async (args) => {
    const { checkFiles } = await import('../convert-files.js');
    await report(() => checkFiles(args));
  },
};

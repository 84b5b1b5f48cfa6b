import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { documentOptions } from './options.js';
import { report } from './report.js';

const command = ['check [files..]'] as const;

function builder<T>(yargs: Argv<T>) {
  return documentOptions(yargs)
    .example('$0 check domain.xml', 'Say what a conversion would change and lose')
    .example('$0 check --json *.cfg', 'The same for programs');
}

export type CheckArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen check`: everything that `convert` does, but for writing the result. */
export const check: CommandModule<object, CheckArguments> = {
  command,
  describe: 'Say what a conversion would change and lose, without converting',
  builder: builder as unknown as (yargs: Argv) => Argv<CheckArguments>,
  handler: async (args) => {
    const { checkFiles } = await import('../convert-files.js');
    await report(() => checkFiles(args));
  },
};

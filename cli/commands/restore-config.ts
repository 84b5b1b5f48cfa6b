import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { domainArgument, qmpDirOption, runtimeDirOption } from './domain-options.js';
import { inputSizeOption } from './options.js';
import { report } from '../report.js';

function builder<T>(yargs: Argv<T>) {
  return inputSizeOption(qmpDirOption(runtimeDirOption(domainArgument(yargs))))
    .positional('file', {
      describe: 'xl.cfg that the domain was started with; - for standard input',
      type: 'string',
      demandOption: true,
    })
    .example('$0 restore-config web01 web01.cfg > restore.cfg', 'Write the config before saving the guest')
    .example('xl save web01 web01.save restore.cfg && xl restore web01.save', 'Save the guest with it')
    .epilogue('Without unsaved ports, the output is the input; see docs/operating.md.');
}

type RestoreConfigArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen restore-config`: the xl.cfg with the ports that a running guest has now. */
export const restoreConfig: CommandModule<object, RestoreConfigArguments> = {
  command: 'restore-config <domain> <file>',
  describe: 'Print the xl.cfg that saves and restores a running domain with its virtio-serial ports',
  builder: builder as unknown as (yargs: Argv) => Argv<RestoreConfigArguments>,
  handler: async (args) => {
    const { printRestoreConfig } = await import('../restore-config.js');
    await report(() => printRestoreConfig(args));
  },
};

import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { jsonOption, runtimeDirOption } from './domain-options.js';
import { report } from '../report.js';

function builder<T>(yargs: Argv<T>) {
  return jsonOption(runtimeDirOption(yargs))
    .option('qemu', { describe: 'QEMU binary to check (default: detected)', type: 'string' })
    .example('$0 doctor', 'Check this host, and print how to fix each problem');
}

type DoctorArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen doctor`: checks the prerequisites of channels on this host. */
export const doctor: CommandModule<object, DoctorArguments> = {
  command: 'doctor',
  describe: 'Check this host for missing or broken prerequisites',
  builder: builder as unknown as (yargs: Argv) => Argv<DoctorArguments>,
  handler: async (args) => {
    const { examineHost } = await import('../operating.js');
    await report(() => examineHost(args));
  },
};

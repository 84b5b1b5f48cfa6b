import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { jsonOption, runtimeDirOption } from './domain-options.js';
import { report } from './report.js';

function builder<T>(yargs: Argv<T>) {
  return jsonOption(runtimeDirOption(yargs))
    .option('qemu', { describe: 'QEMU to look at; a usual one if not given', type: 'string' })
    .example('$0 doctor', 'Say what is missing or wrong on this host, and what to do about it');
}

export type DoctorArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen doctor`: whether channels can work on this host. */
export const doctor: CommandModule<object, DoctorArguments> = {
  command: 'doctor',
  describe: 'Say what is missing or wrong on this host',
  builder: builder as unknown as (yargs: Argv) => Argv<DoctorArguments>,
  handler: async (args) => {
    const { examineHost } = await import('../operating.js');
    await report(() => examineHost(args));
  },
};

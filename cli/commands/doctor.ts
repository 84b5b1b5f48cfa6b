import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { checkedManagers, type CheckedManager } from '../../lib/realize/doctor/manager-facts.js';
import { once } from './options.js';
import { jsonOption, qmpDirOption, runtimeDirOption } from './domain-options.js';
import { report } from '../report.js';

function builder<T>(yargs: Argv<T>) {
  return jsonOption(qmpDirOption(runtimeDirOption(yargs)))
    .option('manager', {
      describe: 'Check, too, what the hook of this manager requires of a Xen host',
      choices: checkedManagers,
      coerce: once<CheckedManager>,
    })
    .option('qemu', { describe: 'QEMU binary to check (default: detected)', type: 'string' })
    .example('$0 doctor', 'Check this host, and print how to fix each problem')
    .example('$0 doctor --manager cloudstack', "Check it for CloudStack's agent, too");
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

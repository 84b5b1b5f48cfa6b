import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { jsonOption, qmpDirOption, runtimeDirOption } from './domain-options.js';
import { report } from '../report.js';

function builder<T>(yargs: Argv<T>) {
  return jsonOption(qmpDirOption(runtimeDirOption(yargs)))
    .example('$0 list', 'List all channels of this host')
    .example('$0 list --json', 'List them as JSON');
}

type ListArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen list`: all channels of all domains, including those created by xl or libvirt. */
export const list: CommandModule<object, ListArguments> = {
  command: 'list',
  describe: 'List the channels of all running domains',
  builder: builder as unknown as (yargs: Argv) => Argv<ListArguments>,
  handler: async (args) => {
    const { listChannels } = await import('../operating.js');
    await report(() => listChannels(args));
  },
};

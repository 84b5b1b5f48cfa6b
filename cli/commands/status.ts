import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { domainArgument, jsonOption, qmpDirOption, runtimeDirOption } from './domain-options.js';
import { report } from '../report.js';

function builder<T>(yargs: Argv<T>) {
  return jsonOption(qmpDirOption(runtimeDirOption(domainArgument(yargs))))
    .option('diagram', {
      describe: 'Draw the path of each channel with the states of its parts',
      type: 'boolean',
      default: false,
    })
    .check(({ diagram, json }) => {
      if (diagram && json) throw new Error('--diagram and --json are mutually exclusive');
      return true;
    })
    .example('$0 status web01', 'Show the states, backend and endpoint of each channel')
    .example('$0 status 7 --json', 'Show them as JSON')
    .example('$0 status 7 --diagram', 'Draw the path of each channel, and where it is interrupted');
}

type StatusArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen status`: the channels of one domain. */
export const status: CommandModule<object, StatusArguments> = {
  command: 'status <domain>',
  describe: 'Show the channels of a running domain',
  builder: builder as unknown as (yargs: Argv) => Argv<StatusArguments>,
  handler: async (args) => {
    const { showStatus } = await import('../operating.js');
    await report(() => showStatus(args));
  },
};

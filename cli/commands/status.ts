import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { domainArgument, jsonOption, runtimeDirOption } from './domain-options.js';
import { report } from './report.js';

function builder<T>(yargs: Argv<T>) {
  return jsonOption(runtimeDirOption(domainArgument(yargs)))
    .example('$0 status web01', 'Each channel: its states, its host end, who serves it')
    .example('$0 status 7 --json', 'The same for programs');
}

export type StatusArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen status`: what there is to know of one domain's channels. */
export const status: CommandModule<object, StatusArguments> = {
  command: 'status <domain>',
  describe: 'Show the channels of a running domain',
  builder: builder as unknown as (yargs: Argv) => Argv<StatusArguments>,
  handler: async (args) => {
    const { showStatus } = await import('../operating.js');
    await report(() => showStatus(args));
  },
};

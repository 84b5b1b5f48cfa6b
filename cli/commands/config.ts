import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { report } from '../report.js';
import { jsonOption } from './domain-options.js';

const command = ['config [file]'] as const;

function builder<T>(yargs: Argv<T>) {
  return jsonOption(yargs)
    .positional('file', {
      describe: 'Configuration file (default: /etc/virt2xen/config.toml)',
      type: 'string',
    })
    .example('$0 config', 'Show the settings of this host, and where each comes from')
    .example('$0 config new.toml', 'Check a file before it is installed')
    .epilogue('Options of commands and hooks override the file; see docs/config.md.');
}

type ConfigArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen config`: the effective settings of the host. */
export const config: CommandModule<object, ConfigArguments> = {
  command,
  describe: 'Show the effective settings of this host, and where each comes from',
  builder: builder,
  handler: async (args) => {
    const { showConfig } = await import('../config/show.js');
    await report(() => showConfig(args));
  },
};

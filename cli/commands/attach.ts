import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { channelSettings, reportConfigured } from './configured.js';
import { documentsOption } from './domain-options.js';
import { backendOption, channelOptions, hostOptions } from './realize-options.js';

const command = ['attach <domain> <file>'] as const;

function builder<T>(yargs: Argv<T>) {
  return documentsOption(backendOption(hostOptions(channelOptions(yargs))))
    .positional('domain', {
      describe: 'ID, name or UUID of a running domain',
      type: 'string',
      demandOption: true,
    })
    .positional('file', {
      describe: 'Domain XML or xl.cfg; - for standard input',
      type: 'string',
      demandOption: true,
    })
    .option('foreground', {
      describe: 'Run in the foreground, restart QEMU if it exits; detach on SIGTERM or when the domain ends',
      type: 'boolean',
      default: false,
    })
    .option('allow-unsaved', {
      describe: 'Attach virtio-serial ports even if the guest cannot be saved or migrated with them',
      type: 'boolean',
      default: false,
    })
    .option('persistent', {
      describe:
        'Also write the document for the daemon, which attaches its channels whenever the domain starts',
      type: 'boolean',
      default: false,
    })
    .example('$0 attach vm vm.xml', 'Attach the channels of vm.xml to the running domain vm')
    .example(
      '$0 attach 7 vm.xml --socket-mode 0660 --socket-owner :kvm',
      'Give a group access to the sockets',
    );
}

type AttachArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen attach`. The implementation is loaded on use. */
export const attach: CommandModule<object, AttachArguments> = {
  command,
  describe: 'Attach the channels of a document to a running domain',
  builder: builder as unknown as (yargs: Argv) => Argv<AttachArguments>,
  handler: async (args) => {
    const { attachDocument } = await import('../realize.js');
    await reportConfigured(args, channelSettings, attachDocument);
  },
};

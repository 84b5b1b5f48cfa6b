import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { backendOption, channelOptions, hostOptions } from './realize-options.js';
import { report } from './report.js';

const command = ['attach <domain> <file>'] as const;

function builder<T>(yargs: Argv<T>) {
  return backendOption(hostOptions(channelOptions(yargs)))
    .positional('domain', {
      describe: 'Number, name or uuid of a running domain',
      type: 'string',
      demandOption: true,
    })
    .positional('file', {
      describe: 'Domain XML or xl.cfg; - is standard input',
      type: 'string',
      demandOption: true,
    })
    .option('foreground', {
      describe: 'Stay, and bring back a QEMU that dies; detach when told to end, and with the domain',
      type: 'boolean',
      default: false,
    })
    .example('$0 attach vm vm.xml', 'Make the channels of vm.xml exist in the running domain vm')
    .example('$0 attach 7 vm.xml --socket-mode 0660 --socket-owner :kvm', 'Let a group at the sockets');
}

export type AttachArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen attach`: the work is loaded when it is asked for. */
export const attach: CommandModule<object, AttachArguments> = {
  command,
  describe: 'Make the channels of a document exist in a running domain',
  builder: builder as unknown as (yargs: Argv) => Argv<AttachArguments>,
  handler: async (args) => {
    const { attachDocument } = await import('../realize.js');
    await report(() => attachDocument(args));
  },
};

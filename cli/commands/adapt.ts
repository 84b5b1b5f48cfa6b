import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import type { GuestKind, Hypervisor } from '../../lib/adapt/adapt.js';
import { dash } from '../files.js';
import { commonOptions, once } from './options.js';
import { report } from './report.js';

const command = ['adapt [files..]'] as const;

function builder<T>(yargs: Argv<T>) {
  return commonOptions(yargs)
    .option('to', {
      describe: 'Hypervisor whose driver in libvirt is to take the XML',
      choices: ['xen', 'kvm'] as const,
      default: 'xen' as const,
      coerce: once<Hypervisor>,
    })
    .option('type', {
      describe: 'Kind of guest on Xen; what the document says if not given',
      choices: ['hvm', 'pvh', 'pv'] as const,
      coerce: once<GuestKind>,
    })
    .option('keep', {
      describe: 'Keep what has to go in <metadata>, for the way back',
      type: 'boolean',
      default: false,
    })
    .option('output', {
      alias: 'o',
      describe: 'Write to this file, all of it or nothing',
      type: 'string',
      coerce: once<string>,
    })
    .option('in-place', {
      alias: 'i',
      describe: 'Change the files themselves',
      type: 'boolean',
      default: false,
    })
    .option('diff', { describe: 'Print the changes, and change nothing', type: 'boolean', default: false })
    .option('check', {
      describe: 'Change nothing; exit with 1 if there is anything to change',
      type: 'boolean',
      default: false,
    })
    .check(({ files, output, inPlace, diff, check }) => {
      const ways = [output !== undefined, inPlace, diff, check].filter(Boolean).length;
      if (ways > 1) throw new Error('give one of --output, --in-place, --diff and --check');
      if (inPlace && (files.length === 0 || files.includes(dash))) throw new Error('--in-place wants files');
      if (files.length > 1 && !inPlace && !diff && !check) {
        throw new Error(`${files.length} files want --in-place, --diff or --check`);
      }
      return true;
    })
    .example('$0 adapt --diff domain.xml', "Show what libvirt's Xen driver wants otherwise")
    .example('virsh dumpxml vm | $0 adapt > xen.xml', 'Adapt the XML of a KVM guest')
    .example('$0 adapt --to kvm xen.xml', 'The way back');
}

export type AdaptArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen adapt`: the work is loaded when it is asked for. */
export const adapt: CommandModule<object, AdaptArguments> = {
  command,
  describe: "Rewrite a KVM domain XML in place for libvirt's Xen driver, or back",
  builder: builder as unknown as (yargs: Argv) => Argv<AdaptArguments>,
  handler: async (args) => {
    const { adaptFiles } = await import('../adapt-files.js');
    await report(() => adaptFiles(args));
  },
};

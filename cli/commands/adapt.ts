import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import type { GuestKind, Hypervisor } from '../../lib/adapt/adapt.js';
import { dash } from '../files.js';
import { adaptSettings, reportConfigured } from './configured.js';
import {
  commonOptions,
  hostOptions,
  libvirtOption,
  once,
  sparePortsOption,
  transportOption,
} from './options.js';

const command = ['adapt [files..]'] as const;

function builder<T>(yargs: Argv<T>) {
  return sparePortsOption(transportOption(hostOptions(commonOptions(yargs))))
    .option('to', {
      describe: 'Hypervisor to write the XML for',
      choices: ['xen', 'kvm'] as const,
      default: 'xen' as const,
      coerce: once<Hypervisor>,
    })
    .option('type', {
      describe: 'Guest type on Xen (default: that of the document)',
      choices: ['hvm', 'pvh', 'pv'] as const,
      coerce: once<GuestKind>,
    })
    .option('libvirt', libvirtOption)
    .option('keep', {
      describe: 'Preserve what is changed in <metadata>, so that --to kvm restores it',
      type: 'boolean',
      default: false,
    })
    .option('output', {
      alias: 'o',
      describe: 'Output file (default: standard output)',
      type: 'string',
      coerce: once<string>,
    })
    .option('in-place', {
      alias: 'i',
      describe: 'Edit the files in place',
      type: 'boolean',
      default: false,
    })
    .option('diff', {
      describe: 'Print the changes as a unified diff; do not write anything',
      type: 'boolean',
      default: false,
    })
    .option('check', {
      describe: 'Do not write anything; exit with status 1 if changes are needed',
      type: 'boolean',
      default: false,
    })
    .check(({ files, output, inPlace, diff, check }) => {
      const ways = [output !== undefined, inPlace, diff, check].filter(Boolean).length;
      if (ways > 1) throw new Error('--output, --in-place, --diff and --check are mutually exclusive');
      if (inPlace && (files.length === 0 || files.includes(dash)))
        throw new Error('--in-place requires file names');
      if (files.length > 1 && !inPlace && !diff && !check) {
        throw new Error(`${files.length} files require --in-place, --diff or --check`);
      }
      return true;
    })
    .example('$0 adapt --diff domain.xml', "Show the changes that libvirt's Xen driver requires")
    .example('virsh dumpxml vm | $0 adapt > xen.xml', 'Adapt a KVM domain')
    .example('$0 adapt --to kvm xen.xml', 'Adapt back to KVM');
}

type AdaptArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen adapt`. The implementation is loaded on use. */
export const adapt: CommandModule<object, AdaptArguments> = {
  command,
  describe: "Rewrite a KVM domain XML for libvirt's Xen driver, or back",
  builder: builder as unknown as (yargs: Argv) => Argv<AdaptArguments>,
  handler: async (args) => {
    const { adaptFiles } = await import('../adapt-files.js');
    await reportConfigured(args, adaptSettings, adaptFiles);
  },
};

import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { conversionSettings, reportConfigured } from './configured.js';
import { documentOptions, once } from './options.js';

const command = ['convert [files..]'] as const;

function builder<T>(yargs: Argv<T>) {
  return documentOptions(yargs)
    .option('output', {
      alias: 'o',
      describe: 'Output file (default: standard output)',
      type: 'string',
      coerce: once<string>,
    })
    .option('out-dir', { describe: 'Output directory, one file for each input', type: 'string' })
    .conflicts('output', 'out-dir')
    .check(({ files, output, outDir }) => {
      if (files.length > 1 && outDir === undefined) {
        throw new Error(
          `${files.length} files require --out-dir${output === undefined ? '' : ' instead of --output'}`,
        );
      }
      return true;
    })
    .example('$0 convert domain.xml', 'Print the xl.cfg for a domain XML')
    .example('$0 convert guest.cfg -o guest.xml', 'Write the domain XML for an xl.cfg')
    .example('virsh dumpxml vm | $0 convert --strict', 'Fail if anything would be omitted')
    .example(
      '$0 convert --xen 4.17 domain.xml',
      'Add a placeholder for the first channel, which Xen 4.17 drops',
    )
    .example('$0 convert --out-dir cfgs *.xml', 'Convert many files');
}

type ConvertArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen convert`. The implementation is loaded on use. */
export const convert: CommandModule<object, ConvertArguments> = {
  command,
  describe: 'Convert domain XML to xl.cfg, or xl.cfg to domain XML',
  builder: builder as unknown as (yargs: Argv) => Argv<ConvertArguments>,
  handler: async (args) => {
    const { convertFiles } = await import('../convert-files.js');
    await reportConfigured(args, conversionSettings, convertFiles);
  },
};

import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { documentOptions, once } from './options.js';
import { report } from './report.js';

const command = ['convert [files..]'] as const;

function builder<T>(yargs: Argv<T>) {
  return documentOptions(yargs)
    .option('output', {
      alias: 'o',
      describe: 'Write to this file, all of it or nothing',
      type: 'string',
      coerce: once<string>,
    })
    .option('out-dir', { describe: 'Write a file for each input into this directory', type: 'string' })
    .conflicts('output', 'out-dir')
    .check(({ files, output, outDir }) => {
      if (files.length > 1 && outDir === undefined) {
        throw new Error(
          `${files.length} files want --out-dir${output === undefined ? '' : ' in place of --output'}`,
        );
      }
      return true;
    })
    .example('$0 convert domain.xml', 'Print the xl.cfg of a domain')
    .example('$0 convert guest.cfg -o guest.xml', 'Write the XML of an xl.cfg')
    .example('virsh dumpxml vm | $0 convert --strict', 'Fail if anything would be left out')
    .example('$0 convert --xen 4.17 domain.xml', 'Keep the first channel of a Xen that would lose it')
    .example('$0 convert --out-dir cfgs *.xml', 'Convert many files');
}

export type ConvertArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen convert`: the work is loaded when it is asked for. */
export const convert: CommandModule<object, ConvertArguments> = {
  command,
  describe: 'Convert domain XML to xl.cfg, or back',
  builder: builder as unknown as (yargs: Argv) => Argv<ConvertArguments>,
  handler: async (args) => {
    const { convertFiles } = await import('../convert-files.js');
    await report(() => convertFiles(args));
  },
};

import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { inputSizeOption, once } from './options.js';
import { report } from '../report.js';

const command = ['web [files..]'] as const;

function builder<T>(yargs: Argv<T>) {
  return inputSizeOption(yargs)
    .positional('files', {
      describe: 'Domain XML or xl.cfg files to open in the page; - for standard input',
      type: 'string',
      array: true,
      default: [] as string[],
    })
    .option('output', {
      alias: 'o',
      describe: 'Write the page to this file (default: write a temporary file and open it with xdg-open)',
      type: 'string',
      coerce: once<string>,
    })
    .example('$0 web', 'Open a page that converts, for pasting and dropping documents')
    .example('$0 web /etc/libvirt/qemu/*.xml -o page.html', 'Write a page with these domains in it');
}

type WebArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen web`: conversion in a browser, without a network. */
export const web: CommandModule<object, WebArguments> = {
  command,
  describe: 'Write or open a web page that converts, offline',
  builder: builder as unknown as (yargs: Argv) => Argv<WebArguments>,
  handler: async (args) => {
    const { writePage } = await import('../web.js');
    await report(() => writePage(args));
  },
};

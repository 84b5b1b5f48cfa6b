import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { domId, type DomId } from '../../lib/realize/domid.js';
import { backendOption, channelOptions } from './realize-options.js';
import { report } from './report.js';

const command = ['plan <file>'] as const;

function builder<T>(yargs: Argv<T>) {
  return backendOption(channelOptions(yargs))
    .positional('file', {
      describe: 'Domain XML or xl.cfg; - is standard input',
      type: 'string',
      demandOption: true,
    })
    .option('domid', {
      describe: 'Number that the running domain has, or will have',
      type: 'number',
      demandOption: true,
      coerce: domId,
    })
    .option('backend-domain', {
      describe: 'Number of a domain that serves channels, as NAME=NUMBER; may be given again',
      type: 'string',
      array: true,
      nargs: 1,
      default: [] as string[],
      coerce: parseDomains,
    })
    .option('script', { describe: 'Print a shell script that does it', type: 'boolean', default: false })
    .check(({ script, json }) => {
      if (script && json) throw new Error('--script and --json do not go together');
      return true;
    })
    .example('$0 plan vm.xml --domid 7', 'Show what attach would make for domain 7')
    .example('$0 plan vm.xml --domid 7 --script', 'The same as a script, to read or to run');
}

export type PlanArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

function parseDomains(values: readonly string[]): ReadonlyMap<string, DomId> {
  return new Map(
    values.map((value) => {
      const [, name = '', number = ''] = /^(.+)=([0-9]{1,5})$/.exec(value) ?? [];
      if (name === '') throw new Error(`--backend-domain ${value}: write it as NAME=NUMBER`);
      return [name, domId(Number(number))];
    }),
  );
}

/** `virt2xen plan`: needs no Xen, and asks nobody. */
export const plan: CommandModule<object, PlanArguments> = {
  command,
  describe: 'Show what attach would make, anywhere',
  builder: builder as unknown as (yargs: Argv) => Argv<PlanArguments>,
  handler: async (args) => {
    const { planDocument } = await import('../realize.js');
    await report(() => planDocument(args));
  },
};

import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { domId, type DomId } from '../../lib/realize/domid.js';
import { channelSettings, reportConfigured } from './configured.js';
import { backendOption, channelOptions } from './realize-options.js';

const command = ['plan <file>'] as const;

function builder<T>(yargs: Argv<T>) {
  return backendOption(channelOptions(yargs))
    .positional('file', {
      describe: 'Domain XML or xl.cfg; - for standard input',
      type: 'string',
      demandOption: true,
    })
    .option('domid', {
      describe: 'ID of the domain',
      type: 'number',
      demandOption: true,
      coerce: domId,
    })
    .option('backend-domain', {
      describe: 'ID of a backend domain, as NAME=ID; may be repeated',
      type: 'string',
      array: true,
      nargs: 1,
      default: [] as string[],
      coerce: parseDomains,
    })
    .option('script', { describe: 'Print the plan as a shell script', type: 'boolean', default: false })
    .option('diagram', {
      describe: 'Draw the path of each channel, from the program on the host to the device in the guest',
      type: 'boolean',
      default: false,
    })
    .check(({ script, json, diagram }) => {
      if ([script, json, diagram].filter(Boolean).length > 1)
        throw new Error('--script, --json and --diagram are mutually exclusive');
      return true;
    })
    .example('$0 plan vm.xml --domid 7', 'Show what attach would do for domain 7')
    .example('$0 plan vm.xml --domid 7 --script', 'Print it as a shell script')
    .example('$0 plan vm.xml --domid 7 --diagram', 'Draw the path of each channel');
}

type PlanArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

function parseDomains(values: readonly string[]): ReadonlyMap<string, DomId> {
  return new Map(
    values.map((value) => {
      const [, name = '', number = ''] = /^(.+)=([0-9]{1,5})$/.exec(value) ?? [];
      if (name === '') throw new Error(`--backend-domain ${value}: expected NAME=ID`);
      return [name, domId(Number(number))];
    }),
  );
}

/** `virt2xen plan`: runs on any machine, without Xen. */
export const plan: CommandModule<object, PlanArguments> = {
  command,
  describe: 'Show what attach would do; runs on any machine',
  builder: builder as unknown as (yargs: Argv) => Argv<PlanArguments>,
  handler: async (args) => {
    const { planDocument } = await import('../realize.js');
    await reportConfigured(args, channelSettings, planDocument);
  },
};

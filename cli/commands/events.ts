import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { controlOption, jsonOption } from './domain-options.js';
import { report } from '../report.js';

function builder<T>(yargs: Argv<T>) {
  return jsonOption(controlOption(yargs)).example('$0 events --json', 'Print one JSON document per line');
}

type EventsArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen events`. The implementation is loaded on use. */
export const events: CommandModule<object, EventsArguments> = {
  command: 'events',
  describe: 'Print the events of the daemon',
  builder,
  handler: async (args) => {
    const { printEvents } = await import('../events.js');
    await report(() => printEvents(args));
  },
};

import type { Argv } from 'yargs';
import { domainArgument, jsonOption, runtimeDirOption } from './domain-options.js';

/** The arguments that `send` and `receive` share. */
export function transferOptions<T>(yargs: Argv<T>) {
  return jsonOption(runtimeDirOption(domainArgument(yargs)))
    .positional('channel', { describe: 'Name of the channel', type: 'string', demandOption: true })
    .option('timeout', {
      describe: 'Seconds without progress after which the transfer fails',
      type: 'number',
      default: 60,
      coerce: parseTimeout,
    })
    .option('lock-timeout', {
      describe: 'Seconds to wait for another virt2xen process that uses the channel',
      type: 'number',
      default: 10,
      coerce: parseTimeout,
    });
}

function parseTimeout(value: number): number {
  if (value >= 0 && value <= 2 ** 31 / 1000 - 1) return value;
  throw new Error('--timeout and --lock-timeout require a number of seconds');
}

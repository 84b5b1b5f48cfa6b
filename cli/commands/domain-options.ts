import type { Argv } from 'yargs';

/** The domain that a command is about. */
export function domainArgument<T>(yargs: Argv<T>) {
  return yargs.positional('domain', {
    describe: 'Domain, by its id, name or uuid',
    type: 'string',
    demandOption: true,
  });
}

/** For programs. */
export function jsonOption<T>(yargs: Argv<T>) {
  return yargs.option('json', { describe: 'Print one JSON document', type: 'boolean', default: false });
}

/** Where virt2xen remembers what it has made. */
export function runtimeDirOption<T>(yargs: Argv<T>) {
  return yargs.option('runtime-dir', {
    describe: 'Directory for what belongs to running domains',
    type: 'string',
    default: '/run/virt2xen',
  });
}

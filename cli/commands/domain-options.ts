import type { Argv } from 'yargs';

export function domainArgument<T>(yargs: Argv<T>) {
  return yargs.positional('domain', {
    describe: 'ID, name or UUID of a running domain',
    type: 'string',
    demandOption: true,
  });
}

export function jsonOption<T>(yargs: Argv<T>) {
  return yargs.option('json', { describe: 'Print JSON', type: 'boolean', default: false });
}

/** The directory of the records and sockets of attached channels. */
export function runtimeDirOption<T>(yargs: Argv<T>) {
  return yargs.option('runtime-dir', {
    describe: 'Directory for the state of attached channels',
    type: 'string',
    default: '/run/virt2xen',
  });
}

/** The directory of the monitors, from which the state of virtio-serial ports is read. */
export function qmpDirOption<T>(yargs: Argv<T>) {
  return yargs.option('qmp-dir', {
    describe: "Directory of libxl's QMP sockets",
    type: 'string',
    default: '/run/xen',
  });
}

/** The directory of the documents from which the daemon attaches channels. */
export function documentsOption<T>(yargs: Argv<T>) {
  return yargs.option('documents', {
    describe: 'Directory of the documents of the daemon',
    type: 'string',
    default: '/etc/virt2xen/domains',
  });
}

/** The socket of the daemon. */
export function controlOption<T>(yargs: Argv<T>) {
  return yargs.option('control', {
    describe: 'Socket of the daemon (varlink, docs/daemon.md)',
    type: 'string',
    default: '/run/virt2xend.sock',
  });
}

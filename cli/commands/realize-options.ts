import type { Argv } from 'yargs';
import type { Format } from '../../lib/convert.js';
import { once } from './options.js';

/** How a document is read, and what its channels are like: of attach and plan. */
export function channelOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('from', {
      describe: 'Format of the document, if its content does not tell',
      choices: ['libvirt', 'xl'] as const,
      coerce: once<Format>,
    })
    .option('socket-mode', {
      describe: 'Mode of the sockets, such as 0660; 0600 if not given',
      type: 'string',
      coerce: once<string>,
    })
    .option('socket-owner', {
      describe: 'Owner of the sockets: USER, USER:GROUP or :GROUP',
      type: 'string',
      coerce: once<string>,
    })
    .option('limit', {
      describe: "Bytes of a guest's output to hold back for a slow reader; 1048576 if not given",
      type: 'number',
      coerce: parseLimit,
    })
    .option('json', { describe: 'Print one JSON document', type: 'boolean', default: false });
}

export function backendOption<T>(yargs: Argv<T>) {
  return yargs.option('backend', {
    describe: 'Who serves them: auto, qemu, device-model, driver-domain, stubdomain, or a module',
    type: 'string',
    default: 'auto',
  });
}

/** Where the host has what attach and detach work with. */
export function hostOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('runtime-dir', {
      describe: 'Directory for what belongs to running domains',
      type: 'string',
      default: '/run/virt2xen',
    })
    .option('qmp-dir', {
      describe: "Directory of libxl's monitor sockets",
      type: 'string',
      default: '/run/xen',
    })
    .option('qemu', { describe: 'QEMU to start; a usual one if not given', type: 'string' })
    .option('lock-timeout', {
      describe: 'Seconds to wait for another virt2xen at the same domain',
      type: 'number',
      default: 30,
    })
    .option('json', { describe: 'Print one JSON document', type: 'boolean', default: false })
    .option('verbose', {
      alias: 'v',
      describe: 'Print each step on standard error',
      type: 'boolean',
      default: false,
    });
}

function parseLimit(value: number | undefined): number | undefined {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) return value;
  throw new Error('--limit wants a number of bytes');
}

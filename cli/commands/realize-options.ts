import type { Argv } from 'yargs';
import type { Format } from '../../lib/convert.js';
import { inputSizeOption, once, transportOption } from './options.js';

/** The options of attach and plan about the document and its channels. */
export function channelOptions<T>(yargs: Argv<T>) {
  return socketOptions(transportOption(inputSizeOption(yargs)))
    .option('from', {
      describe: 'Input format (default: detected)',
      choices: ['libvirt', 'xl'] as const,
      coerce: once<Format>,
    })
    .option('ring-buffer', {
      describe: 'Bytes of guest output to buffer for a slow reader (default: 1048576)',
      type: 'number',
      coerce: parseBufferSize,
    })
    .option('json', { describe: 'Print JSON', type: 'boolean', default: false });
}

/** Who can use the sockets of channels. */
export function socketOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('socket-mode', {
      describe: 'Mode of the sockets, such as 0660 (default: 0600)',
      type: 'string',
      coerce: once<string>,
    })
    .option('socket-owner', {
      describe: 'Owner of the sockets: USER, USER:GROUP or :GROUP',
      type: 'string',
      coerce: once<string>,
    });
}

export function backendOption<T>(yargs: Argv<T>) {
  return yargs.option('backend', {
    describe: 'Backend: auto, qemu, device-model, driver-domain, stubdomain, or the path of a module',
    type: 'string',
    default: 'auto',
  });
}

/** The options of attach and detach about the host. */
export function hostOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('runtime-dir', {
      describe: 'Directory for the state of attached channels',
      type: 'string',
      default: '/run/virt2xen',
    })
    .option('qmp-dir', {
      describe: "Directory of libxl's QMP sockets",
      type: 'string',
      default: '/run/xen',
    })
    .option('qemu', { describe: 'QEMU binary (default: detected)', type: 'string' })
    .option('lock-timeout', {
      describe: 'Seconds to wait for another virt2xen process that holds the lock of the domain',
      type: 'number',
      default: 30,
    })
    .option('json', { describe: 'Print JSON', type: 'boolean', default: false })
    .option('verbose', {
      alias: 'v',
      describe: 'Print each step to standard error',
      type: 'boolean',
      default: false,
    });
}

function parseBufferSize(value: number | undefined): number | undefined {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) return value;
  throw new Error('--ring-buffer requires a number of bytes');
}

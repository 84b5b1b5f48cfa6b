import type { Argv } from 'yargs';
import { architectures, type Architecture } from '../../lib/model/architecture.js';
import type { Format } from '../../lib/convert.js';
import { parseDropSelector } from '../../lib/document/drop.js';
import { addNetwork, addPool, type Pairs } from '../../lib/document/host-options.js';
import { parseSparePorts, transportOptions, type TransportOption } from '../../lib/document/transport.js';
import {
  defaultLimit,
  libvirtVersions,
  profiles,
  xenVersions,
  type LibvirtVersion,
  type Profile,
  type XenVersion,
} from '../../lib/document/options.js';

/** The limit of every command that reads a document. */
export function inputSizeOption<T>(yargs: Argv<T>) {
  return yargs.option('max-input-size', {
    describe: 'Maximum input size in bytes',
    type: 'number',
    default: defaultLimit,
    coerce: parseSize,
  });
}

/** The options of every command that reads documents. */
export function commonOptions<T>(yargs: Argv<T>) {
  return inputSizeOption(yargs)
    .positional('files', {
      describe: 'Input files; - for standard input (default: -)',
      type: 'string',
      array: true,
      default: [] as string[],
    })
    .option('drop', {
      describe:
        'Omit a device: disk:vdc, interface:user, interface:MAC, channel:NAME, hostdev; all: each device that the target does not support; may be repeated',
      type: 'string',
      array: true,
      nargs: 1,
      default: [] as string[],
      coerce: parseDrops,
    })
    .option('strict', { describe: 'Treat warnings as errors', type: 'boolean', default: false })
    .option('json', {
      describe: 'Print results and diagnostics as JSON',
      type: 'boolean',
      default: false,
    })
    .option('quiet', {
      alias: 'q',
      describe: 'Do not print diagnostics of severity info',
      type: 'boolean',
      default: false,
    });
}

/** What the host knows and no document specifies: the options of `convert`, `check` and `adapt`. */
export function hostOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('network', {
      describe: 'Bridge of a libvirt network, as NAME=BRIDGE; may be repeated',
      type: 'string',
      array: true,
      nargs: 1,
      default: [] as string[],
      coerce: (values: readonly string[]) => parseEach('--network', addNetwork, values),
    })
    .option('user-bridge', {
      describe: "Bridge of the interfaces of type 'user'",
      type: 'string',
      requiresArg: true,
      coerce: once<string>,
    })
    .option('pool', {
      describe: 'Directory of a libvirt storage pool, as NAME=DIR; may be repeated',
      type: 'string',
      array: true,
      nargs: 1,
      default: [] as string[],
      coerce: (values: readonly string[]) => parseEach('--pool', addPool, values),
    });
}

/** How the guest sees its channels: an option of every command that converts or attaches them. */
export function transportOption<T>(yargs: Argv<T>) {
  return yargs.option('transport', {
    describe:
      'How the guest sees its channels: PV consoles, or virtio-serial ports of an HVM guest (default: auto, see docs/channels.md)',
    type: 'string',
    choices: transportOptions,
    coerce: once<TransportOption>,
  });
}

/** An option of every command that writes documents. */
export function sparePortsOption<T>(yargs: Argv<T>) {
  return yargs.option('spare-ports', {
    describe:
      'Number of spare virtio-serial ports of an HVM guest, for channels that are attached to it later (default: 0)',
    type: 'string',
    requiresArg: true,
    coerce: parseSpares,
  });
}

function parseSpares(value: string | readonly string[] | undefined): number | undefined {
  const text = once<string>(value);
  try {
    return text === undefined ? undefined : parseSparePorts(text);
  } catch (error) {
    throw new Error(`--spare-ports: ${error instanceof Error ? error.message : ''}`, { cause: error });
  }
}

/** Without the type, yargs would read 9.0 as a number. */
export const libvirtOption = {
  describe: 'libvirt release of the XML (default: latest)',
  type: 'string',
  choices: libvirtVersions,
  coerce: once<LibvirtVersion>,
} as const;

/** The options that `convert` and `check` share. */
export function documentOptions<T>(yargs: Argv<T>) {
  return sparePortsOption(transportOption(hostOptions(commonOptions(yargs))))
    .option('from', {
      describe: 'Input format (default: detected)',
      choices: ['libvirt', 'xl'] as const,
      coerce: once<Format>,
    })
    .option('to', {
      describe: 'Output format (default: the other format)',
      choices: ['libvirt', 'xl'] as const,
      coerce: once<Format>,
    })
    .option('xen', {
      describe: 'Xen release of the xl.cfg (default: latest)',
      type: 'string',
      choices: xenVersions,
      coerce: once<XenVersion>,
    })
    .option('libvirt', libvirtOption)
    .option('arch', {
      describe: 'Architecture of the guest, if the input does not specify it (default: x86_64)',
      type: 'string',
      choices: architectures,
      coerce: once<Architecture>,
    })
    .option('channel-syntax', {
      describe: 'Channel keys: connection= (current), or type= of the 2014 patch series',
      type: 'string',
      choices: ['current', '2014'] as const,
      coerce: once<'current' | '2014'>,
    })
    .option('keep', {
      describe:
        'Preserve what the output format does not support: in comments of an xl.cfg, or in <metadata> of XML (default for XML; --no-keep omits it)',
      type: 'boolean',
    })
    .option('profile', {
      describe: 'Write minimal XML, or add the defaults that libvirt adds when it defines a domain',
      choices: profiles,
      coerce: once<Profile>,
    });
}

/** Rejects a repeated option: yargs makes an array of its values. */
export function once<Value extends string>(value: Value | readonly Value[] | undefined): Value | undefined {
  if (typeof value === 'object') throw new Error(`given more than once: ${value.join(', ')}`);
  return value;
}

function parseEach(
  option: string,
  add: (pairs: Pairs | undefined, text: string) => Pairs,
  values: readonly string[],
): Pairs {
  let pairs: Pairs = {};
  for (const value of values) {
    try {
      pairs = add(pairs, value);
    } catch (error) {
      throw new Error(`${option} ${error instanceof Error ? error.message : value}`, { cause: error });
    }
  }
  return pairs;
}

function parseDrops(values: readonly string[]): readonly string[] {
  for (const value of values) {
    try {
      parseDropSelector(value);
    } catch (error) {
      throw new Error(`--drop ${error instanceof Error ? error.message : value}`, { cause: error });
    }
  }
  return values;
}

function parseSize(value: number): number {
  if (!Number.isSafeInteger(value) || value < 1)
    throw new Error('--max-input-size requires a positive number of bytes');
  return value;
}

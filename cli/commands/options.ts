import type { Argv } from 'yargs';
import type { Format } from '../../lib/convert.js';
import {
  defaultLimit,
  libvirtVersions,
  profiles,
  xenVersions,
  type LibvirtVersion,
  type Profile,
  type XenVersion,
} from '../../lib/document/options.js';

/** What every command that reads documents takes. */
export function commonOptions<T>(yargs: Argv<T>) {
  return yargs
    .positional('files', {
      describe: 'Files to read; - or nothing is standard input',
      type: 'string',
      array: true,
      default: [] as string[],
    })
    .option('strict', { describe: 'Take every warning for an error', type: 'boolean', default: false })
    .option('limit', {
      describe: 'Refuse documents of more bytes',
      type: 'number',
      default: defaultLimit,
      coerce: parseLimit,
    })
    .option('json', {
      describe: 'Print results and diagnostics as one JSON document',
      type: 'boolean',
      default: false,
    })
    .option('quiet', {
      alias: 'q',
      describe: 'Leave out diagnostics of severity info',
      type: 'boolean',
      default: false,
    });
}

/** The options that `convert` and `check` share. */
export function documentOptions<T>(yargs: Argv<T>) {
  return commonOptions(yargs)
    .option('from', {
      describe: 'Format of the input, if its content does not tell',
      choices: ['libvirt', 'xl'] as const,
      coerce: once<Format>,
    })
    .option('to', {
      describe: 'Format of the output; the other one if not given',
      choices: ['libvirt', 'xl'] as const,
      coerce: once<Format>,
    })
    .option('xen', {
      describe: 'Xen release that the xl.cfg is for, whose xl reads it; the newest if not given',
      type: 'string',
      choices: xenVersions,
      coerce: once<XenVersion>,
    })
    .option('libvirt', {
      describe: 'libvirt release that the XML is for; the newest if not given',
      type: 'string',
      choices: libvirtVersions,
      coerce: once<LibvirtVersion>,
    })
    .option('network', {
      describe: 'Bridge of a libvirt network, as NAME=BRIDGE; may be given again',
      type: 'string',
      array: true,
      nargs: 1,
      default: [] as string[],
      coerce: parseNetworks,
    })
    .option('channel-syntax', {
      describe: 'Keys of a channel: connection= of today, or type= of the 2014 patches',
      type: 'string',
      choices: ['current', '2014'] as const,
      coerce: once<'current' | '2014'>,
    })
    .option('keep', {
      describe:
        'Keep what the output cannot say, as comments in an xl.cfg and <metadata> in XML (there also without this; --no-keep drops it)',
      type: 'boolean',
    })
    .option('profile', {
      describe: 'XML as the conversion needs it, or with all that libvirt adds when it defines a domain',
      choices: profiles,
      coerce: once<Profile>,
    });
}

/** yargs makes an array of an option that is given again. */
export function once<Value extends string>(value: Value | readonly Value[] | undefined): Value | undefined {
  if (typeof value === 'object') throw new Error(`given more than once: ${value.join(', ')}`);
  return value;
}

function parseNetworks(values: readonly string[]): Readonly<Record<string, string>> {
  const networks = new Map<string, string>();
  for (const value of values) {
    const equals = value.indexOf('=');
    if (equals < 1 || equals === value.length - 1)
      throw new Error(`--network ${value}: write it as NAME=BRIDGE`);
    networks.set(value.slice(0, equals), value.slice(equals + 1));
  }
  return Object.fromEntries(networks);
}

function parseLimit(value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) throw new Error('--limit wants a number of bytes');
  return value;
}

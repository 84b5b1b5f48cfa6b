import type { AdaptOptions, AdaptResult, GuestKind } from '../adapt/adapt.js';
import { parseDropSelector } from '../document/drop.js';
import { addNetwork, addPool } from '../document/host-options.js';
import { libvirtVersions, oldestLibvirt, type HostOptions, type HvmDefaults } from '../document/options.js';
import { parseSparePorts, transportOptions } from '../document/transport.js';
import type { Remedy } from '../diagnostics/diagnostic.js';
import { LineIndex } from '../diagnostics/span.js';
import { escapeControls, hasControls } from '../text/controls.js';

/** The effects of a hook, passed in so that a hook contains only its contract. */
export interface HookHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The arguments from the manager, without those that select the hook. */
  readonly args: readonly string[];
  /** All of standard input. */
  readonly readInput: () => Promise<Uint8Array>;
  readonly readFile: (path: string) => Uint8Array;
  /** Writes to an existing file; keeps its content, which was read, if that fails. */
  readonly rewriteFile: (path: string, text: string, before: Uint8Array) => void;
  readonly print: (text: string) => void;
  /** What the host sets for all its guests. @throws if its configuration file has an error */
  readonly settings?: () => HookSettings;
  /** Lines for the manager's operator: on standard error, which every manager logs. */
  readonly log: (lines: string) => void;
}

/** The exit status, as the manager expects it. */
export type HookStatus = number;

/** The options of a hook; each manager has its own place for them. */
export interface HookOptions
  extends
    HostOptions,
    Pick<AdaptOptions, 'drop' | 'guest' | 'keep' | 'libvirt' | 'strict' | 'transport' | 'sparePorts'> {
  readonly hvmDefaults?: HvmDefaults | undefined;
  /** Do not change the guest. */
  readonly off?: boolean;
}

/** What a host sets for all its guests; the options of a hook win. */
export interface HookSettings extends HostOptions, Pick<AdaptOptions, 'drop' | 'libvirt' | 'hvmDefaults'> {}

/** An invalid hook option. */
export class HookOptionError extends Error {}

const guests: readonly GuestKind[] = ['hvm', 'pvh', 'pv'];

/** Options with a value; each may be repeated, except for `user-bridge`, `libvirt`, `transport` and `spare-ports`. */
const withValue: Readonly<Record<string, (options: HookOptions, value: string) => HookOptions>> = {
  drop: (options, value) => {
    parseDropSelector(value);
    return { ...options, drop: [...(options.drop ?? []), value] };
  },
  network: (options, value) => ({ ...options, networks: addNetwork(options.networks, value) }),
  'user-bridge': (options, value) => {
    if (value === '') throw new RangeError('no name of a bridge');
    return { ...options, userBridge: value };
  },
  pool: (options, value) => ({ ...options, pools: addPool(options.pools, value) }),
  transport: (options, value) => {
    const transport = transportOptions.find((known) => known === value);
    if (!transport) throw new RangeError(`not a transport; use ${transportOptions.join(' or ')}`);
    return { ...options, transport };
  },
  'spare-ports': (options, value) => ({ ...options, sparePorts: parseSparePorts(value) }),
  libvirt: (options, value) => {
    const libvirt = libvirtVersions.find((known) => known === value);
    if (!libvirt) throw new RangeError(`no version of libvirt; use ${libvirtVersions.join(' or ')}`);
    return { ...options, libvirt };
  },
};

/**
 * Parses options such as `pvh,keep`: `off`, `on`, `hvm`, `pvh`, `pv`, `keep`, `strict`, `drop=hostdev`,
 * `network=NAME=BRIDGE`, `user-bridge=BRIDGE`, `pool=NAME=DIR`, `libvirt=VERSION`, `transport=TRANSPORT`, `spare-ports=N`. Blanks,
 * commas and percent signs in a value are percent-encoded, as in a URL.
 * @throws HookOptionError
 */
export function parseHookOptions(text: string): HookOptions {
  let options: HookOptions = {};
  for (const word of text.split(/[\s,]+/).filter((part) => part !== '')) {
    const guest = guests.find((known) => known === word);
    if (guest) options = { ...options, guest };
    else if (word === 'off' || word === 'keep' || word === 'strict') options = { ...options, [word]: true };
    else if (word !== 'on') options = parseWithValue(word, options);
  }
  return options;
}

/**
 * The options of a hook, with what the host sets where they do not. Without a version of libvirt the guest is made for the
 * oldest: a hook does not know its libvirt, and libvirtd 9.0 crashes with what 11.3 accepts.
 *
 * @param text see parseHookOptions
 * @throws HookOptionError, or the error of the host's configuration file; that of a guest that is `off` does not matter
 */
export function hookOptions(text: string, host: Pick<HookHost, 'settings'>): HookOptions {
  const options = parseHookOptions(text);
  if (options.off) return options;
  const settings = host.settings?.() ?? {};
  return {
    libvirt: oldestLibvirt,
    ...settings,
    ...options,
    networks: { ...settings.networks, ...options.networks },
    pools: { ...settings.pools, ...options.pools },
  };
}

function parseWithValue(word: string, options: HookOptions): HookOptions {
  const equals = word.indexOf('=');
  const name = word.slice(0, Math.max(equals, 0));
  const parse = Object.hasOwn(withValue, name) ? withValue[name] : undefined;
  if (!parse) {
    const known = `on, off, hvm, pvh, pv, keep, strict, ${Object.keys(withValue).join('=, ')}=`;
    throw new HookOptionError(`unknown option '${word}'; use one of ${known}`);
  }
  try {
    const value = decodeURIComponent(word.slice(equals + 1));
    if (hasControls(value)) throw new RangeError('it contains a control character');
    return parse(options, value);
  } catch (error) {
    throw new HookOptionError(`invalid option '${word}': ${messageOf(error)}`);
  }
}

/** A value in the form that `parseHookOptions` reads. */
const encoded = (value: string): string => value.replaceAll(/[\s,%]/gu, encodeURIComponent);

/** The first error on one line, with its position and the number of further errors. */
export function firstError({ diagnostics, source }: AdaptResult): string {
  const [first, ...others] = diagnostics.filter(({ severity }) => severity === 'error');
  if (!first) return 'the domain XML cannot be adapted';
  const where = first.span ? new LineIndex(source).position(first.span.start) : undefined;
  const place = where ? ` at line ${where.line}, column ${where.column} of the XML` : '';
  const option = first.remedy && optionFor(first.remedy);
  const advice =
    (option === undefined ? '' : `; option ${option} avoids it`) +
    (first.drop === undefined ? '' : `; option drop=${encoded(first.drop)} omits the device`);
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  return oneLine(`${first.message}${place}${advice}${more}`);
}

/** How to set an option of the library in a hook. */
function optionFor(remedy: Remedy): string | undefined {
  if (!('option' in remedy)) return undefined;
  switch (remedy.option) {
    case 'networks':
      return `network=${encoded(remedy.value)}=BRIDGE`;
    case 'userBridge':
      return 'user-bridge=BRIDGE';
    case 'pools':
      return `pool=${encoded(remedy.value)}=DIR`;
    case 'transport':
      return `transport=${remedy.value}`;
    default:
      return undefined;
  }
}

/** The message of whatever was thrown. */
export const messageOf = (error: unknown): string =>
  oneLine(error instanceof Error ? error.message : String(error));

/** Replaces line breaks by spaces, and escapes controls: a document cannot add lines to a log. */
export const oneLine = (text: string): string => escapeControls(text.replace(/[\t\r\n]+/g, ' '));

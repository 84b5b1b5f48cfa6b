import type { Diagnostic, Report } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import { omitUndefined } from '../language/omit-undefined.js';
import { escapeControls } from '../text/controls.js';

/** The kinds of device that can be dropped, by libvirt's names of the elements (docs/formatdomain). */
export const deviceKinds = [
  'disk',
  'interface',
  'channel',
  'hostdev',
  'controller',
  'serial',
  'parallel',
  'console',
  'input',
  'graphics',
  'sound',
  'video',
  'redirdev',
  'filesystem',
  'smartcard',
  'tpm',
  'watchdog',
  'rng',
  'memory',
  'panic',
  'shmem',
  'vsock',
  'hub',
  'iommu',
  'lease',
  'crypto',
  'pstore',
  'nvram',
  'audio',
] as const;
export type DeviceKind = (typeof deviceKinds)[number];

/**
 * Which devices to drop: every device that the target does not support (`all`), every device of a kind, or
 * those of a kind with a name: `disk:vdc`, `interface:user`, or by position, `disk:#2`.
 */
export type DropSelector = 'all' | { readonly kind: DeviceKind; readonly name?: string };

/** A device in a document, as selectors see it. */
export interface NamedDevice {
  readonly kind: DeviceKind;
  /** The names that select it, the most specific first. */
  readonly names: readonly string[];
  /** Its position among the devices of its kind, from 1. */
  readonly place: number;
  /** All of it. */
  readonly span: Span;
  /** The position of reports about it. */
  readonly tagSpan: Span;
}

/** @throws RangeError if the text is not a selector */
export function parseDropSelector(text: string): DropSelector {
  if (text === 'all') return text;
  const colon = text.indexOf(':');
  const [word, name] = colon < 0 ? [text] : [text.slice(0, colon), text.slice(colon + 1)];
  const kind = deviceKinds.find((known) => known === word);
  if (kind === undefined) {
    const kinds = 'disk, interface, channel, hostdev, another device element of domain XML, or all';
    throw new RangeError(`'${text}': unknown device kind '${word}'; use ${kinds}`);
  }
  if (name === '') throw new RangeError(`'${text}': no device name after ':'`);
  return omitUndefined({ kind, name });
}

/** The devices of a document by their names, so that a look-up does not search all of them. */
export class DeviceIndex<Device extends NamedDevice> {
  readonly devices: readonly Device[];
  /** By kind and name in lower case; a kind alone has all of its devices. */
  readonly #found = new Map<string, Device[]>();

  constructor(devices: readonly Device[]) {
    this.devices = devices;
    for (const device of devices) {
      const names = new Set([`#${device.place}`, ...device.names.map((name) => name.toLowerCase())]);
      for (const key of [device.kind, ...[...names].map((name) => `${device.kind}:${name}`)]) {
        const others = this.#found.get(key);
        if (others) others.push(device);
        else this.#found.set(key, [device]);
      }
    }
  }

  matching({ kind, name }: Exclude<DropSelector, 'all'>): readonly Device[] {
    return this.#found.get(name === undefined ? kind : `${kind}:${name.toLowerCase()}`) ?? [];
  }

  /** The shortest selector of this device alone: by the first of its names that no other of its kind has, or by position. */
  selectorOf({ kind, names, place }: Device): string {
    const own = names.find((name) => isPlain(name) && this.matching({ kind, name }).length === 1);
    return `${kind}:${own ?? `#${place}`}`;
  }
}

/**
 * Selects the devices to drop; reports each selector that matches no device.
 * @returns in the order of the document
 * @throws RangeError if a text is not a selector
 */
export function selectDropped<Device extends NamedDevice>(
  devices: readonly Device[],
  selectors: readonly string[] = [],
  report: Report,
): readonly Device[] {
  const index = new DeviceIndex(devices);
  const dropped = new Set<Device>();
  for (const text of new Set(selectors)) {
    const selector = parseDropSelector(text);
    if (selector === 'all') continue;
    const found = index.matching(selector);
    for (const device of found) dropped.add(device);
    if (found.length > 0 || selector.name === undefined) continue;
    report.add('drop-unmatched', `no device matches '${text}'`);
  }
  return devices.filter((device) => dropped.has(device));
}

/** Whether a message can show a name as it is written on a command line. */
const isPlain = (name: string): boolean =>
  name !== '' && !/^#|\s/.test(name) && escapeControls(name) === name;

/** How messages name a device: `disk 'vdc'`, `hostdev 2`. */
export const titleOf = ({ kind, names, place }: NamedDevice): string => {
  const [name] = names;
  return name === undefined ? `${kind} ${place}` : `${kind} '${name}'`;
};

export const droppedReason = 'dropped on request';

/** Reports the devices that are omitted from the output because they were selected. */
export function reportDropped(devices: readonly NamedDevice[], report: Report): void {
  for (const device of devices) {
    report.add('device-dropped', `${titleOf(device)} omitted: ${droppedReason}`, device.tagSpan);
  }
}

/** Gives a report the positions of devices, so that an error about one contains the selector that drops it. */
export function adviseDropping(find: () => readonly NamedDevice[], report: Report): void {
  report.locateDevices(() => {
    const index = new DeviceIndex(find());
    return index.devices.map((device) => ({ span: device.span, selector: () => index.selectorOf(device) }));
  });
}

/**
 * Runs a conversion. With `all` among the selectors, repeats it without each device that an error refers to, until
 * there is no such error. Each run selects at least one more device, so it terminates.
 */
export function withDropped<Result extends { readonly diagnostics: readonly Pick<Diagnostic, 'drop'>[] }>(
  selectors: readonly string[] | undefined,
  run: (selectors: readonly string[]) => Result,
): Result {
  for (const text of selectors ?? []) parseDropSelector(text);
  if (!selectors?.includes('all')) return run(selectors ?? []);
  const dropped = new Set(selectors);
  for (;;) {
    const result = run([...dropped]);
    const found = result.diagnostics.flatMap(({ drop }) => drop ?? []);
    if (found.every((selector) => dropped.has(selector))) return result;
    for (const selector of found) dropped.add(selector);
  }
}

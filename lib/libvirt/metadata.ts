import type { Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import type { Domain } from '../model/domain.js';
import { needsAgent } from '../model/graphics.js';
import type { KeptSetting } from '../model/kept.js';
import { isKey, parseSettings, printSettings } from '../xl/syntax/text.js';
import type { XmlElement } from './xml/element.js';
import { element, textElement, type XmlTree } from './xml/tree.js';

/** The namespace of what virt2xen keeps in <metadata>. */
export const namespace = 'urn:virt2xen:1';

/** What an earlier conversion from xl.cfg kept: settings, and parameters of single devices. */
export interface KeptFromXl {
  readonly settings: readonly KeptSetting[];
  /** By the name of the channel. */
  readonly backends: ReadonlyMap<string, string>;
  /** By the target of the disk, and the place of the interface, counted from 1. */
  readonly disks: ReadonlyMap<string, readonly string[]>;
  readonly interfaces: ReadonlyMap<string, readonly string[]>;
  /** Settings that the model knows, and libvirt's XML does not. */
  readonly clock?: { readonly offsetSeconds: number };
  readonly bootloaderArgs?: readonly string[];
  readonly firstDisplay?: number;
  readonly agent?: boolean;
}

/** Reads <v2x:xl> in <metadata>. Other programs' data stays unread. */
export function readMetadata(domain: XmlElement, report: Report): KeptFromXl {
  const kept = {
    settings: [] as KeptSetting[],
    backends: new Map<string, string>(),
    disks: new Map<string, readonly string[]>(),
    interfaces: new Map<string, readonly string[]>(),
  };
  for (const metadata of domain.children) {
    if (metadata.name !== 'metadata') continue;
    for (const child of metadata.children) {
      if (!isOurs(child, 'xl')) continue;
      metadata.markRead();
      child.markAllRead();
      for (const item of child.children) readItem(item, kept, report);
    }
  }
  return liftSettings(kept);
}

/** Takes those settings out that `writeMetadata` put there for the model's sake. */
function liftSettings(kept: KeptFromXl): KeptFromXl {
  if (kept.settings.length === 0) return kept;
  const values = new Map(kept.settings.map(({ key, value }) => [key, value]));
  const integer = (key: string): number | undefined => {
    const value = values.get(key);
    return typeof value === 'string' && /^-?[0-9]{1,10}$/.test(value) ? Number(value) : undefined;
  };
  const [offset, firstDisplay, agent] = [
    integer('rtc_timeoffset'),
    integer('vncdisplay'),
    integer('spicevdagent'),
  ];
  const args = values.get('bootloader_args');
  const words = Array.isArray(args) ? args.filter((word) => typeof word === 'string') : undefined;
  const lifted = new Set([
    ...(offset === undefined ? [] : ['rtc_timeoffset']),
    ...(firstDisplay === undefined ? [] : ['vncdisplay']),
    ...(agent === undefined ? [] : ['spicevdagent']),
    ...(words === undefined ? [] : ['bootloader_args']),
  ]);
  return {
    ...kept,
    settings: kept.settings.filter(({ key }) => !lifted.has(key)),
    ...(offset !== undefined && { clock: { offsetSeconds: offset } }),
    ...(words !== undefined && { bootloaderArgs: words }),
    ...(firstDisplay !== undefined && { firstDisplay }),
    ...(agent !== undefined && { agent: agent !== 0 }),
  };
}

/** What of the model libvirt's XML has no place for, as xl's settings; what is lost by it is reported. */
export function settingsBeyondXml(domain: Domain, report: Report): readonly KeptSetting[] {
  const { os, clock } = domain;
  const settings: KeptSetting[] = [];
  if (os.type !== 'hvm' && clock.offsetSeconds !== 0) {
    const message = "libvirt's Xen driver takes no clock offset of a PV or PVH guest";
    report.add('no-counterpart', message, originOf(clock));
    settings.push({ key: 'rtc_timeoffset', value: String(clock.offsetSeconds) });
  }
  if (os.type !== 'hvm' && hasBlanks(os.bootloaderArgs)) {
    const message = "libvirt has one text for the boot loader's arguments, and these have blanks in them";
    report.add('no-counterpart', message, originOf(os, 'bootloaderArgs'));
    settings.push({ key: 'bootloader_args', value: os.bootloaderArgs ?? [] });
  }
  for (const display of domain.graphics) {
    if (display.kind === 'vnc' && display.firstDisplay) {
      const message = `libvirt looks for a free VNC display from 0, not from ${display.firstDisplay}`;
      report.add('no-counterpart', message, originOf(display));
      settings.push({ key: 'vncdisplay', value: String(display.firstDisplay) });
    }
    // libvirt's own word for the agent, a virtio channel, is refused by its Xen driver.
    if (display.kind === 'spice' && display.agent !== undefined && !(display.agent && needsAgent(display))) {
      settings.push({ key: 'spicevdagent', value: display.agent ? '1' : '0' });
    }
  }
  return settings;
}

/** Words that would not come back from one text as they were. */
export const hasBlanks = (words: readonly string[] | undefined): boolean =>
  words?.some((word) => !/^[^ \t\n\r]+$/.test(word)) ?? false;

function isOurs(element: XmlElement, local: string): boolean {
  const [prefix, name] = element.name.includes(':') ? element.name.split(':', 2) : ['', element.name];
  return name === local && element.namespaceOf(prefix ?? '') === namespace;
}

function readItem(
  item: XmlElement,
  kept: {
    settings: KeptSetting[];
    backends: Map<string, string>;
    disks: Map<string, readonly string[]>;
    interfaces: Map<string, readonly string[]>;
  },
  report: Report,
): void {
  if (isOurs(item, 'settings')) kept.settings = kept.settings.concat(parseKept(item, report));
  const words = item.text().split(',');
  if (isOurs(item, 'disk')) kept.disks.set(item.attribute('target') ?? '', words);
  if (isOurs(item, 'interface')) kept.interfaces.set(item.attribute('place') ?? '', words);
  if (isOurs(item, 'channel'))
    kept.backends.set(item.attribute('name') ?? '', item.attribute('backend') ?? '');
}

/** A mistake in it is reported where the element is: the text is xl.cfg, not XML. */
function parseKept(item: XmlElement, report: Report): readonly KeptSetting[] {
  const { settings, problems } = parseSettings(item.text());
  for (const problem of problems)
    report.add('kept-unplaceable', `kept settings: ${problem}`, item.tagSpan, 'mend or remove them');
  return problems.length === 0 ? settings : [];
}

/** Writes what only xl knows: whole settings, and parameters of channels, disks and interfaces. */
export function writeMetadata(
  domain: Domain,
  extra: readonly KeptSetting[],
  report: Report,
): XmlTree | undefined {
  for (const { key } of domain.kept.settings) {
    if (!isKey(key)) report.add('kept-unplaceable', `'${key}' is no name of a setting`);
  }
  const settings = [...domain.kept.settings, ...extra];
  const children = [
    settings.length === 0 ? undefined : textElement('v2x:settings', printSettings(settings, report)),
    ...domain.channels.map(({ name, backendDomain }) =>
      backendDomain === undefined ? undefined : element('v2x:channel', { name, backend: backendDomain }),
    ),
    ...domain.disks.map(({ target, xlParameters }) =>
      textElement('v2x:disk', xlParameters?.join(','), { target }),
    ),
    ...domain.interfaces.map(({ xlParameters }, index) =>
      textElement('v2x:interface', xlParameters?.join(','), { place: index + 1 }),
    ),
  ].filter((child) => child !== undefined);
  if (children.length === 0) return undefined;
  return element('metadata', {}, [element('v2x:xl', { 'xmlns:v2x': namespace }, children)]);
}

import type { Report } from '../diagnostics/diagnostic.js';
import type { Domain } from '../model/domain.js';
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
  return kept;
}

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

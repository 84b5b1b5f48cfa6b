import type { Report } from '../diagnostics/diagnostic.js';
import { derive, originOf } from '../diagnostics/origin.js';
import type { Domain } from '../model/domain.js';
import { needsAgent, type Graphics, type Spice } from '../model/graphics.js';
import type { PreservedSetting } from '../model/preserved.js';
import type { Os } from '../model/os.js';
import { isKey, parseSettings, printSettings } from '../xl-syntax/text.js';
import { liftPlatform, preservePlatform } from './platform.js';
import type { XmlBlock } from './descriptor.js';
import { PreservedFromXl } from './from-metadata.js';
import type { XmlElement } from './xml/element.js';
import { element, textElement, type XmlTree } from './xml/tree.js';

/** The namespace of what virt2xen preserves in <metadata>. */
export const namespace = 'urn:virt2xen:1';

/** Reads <v2x:xl> in <metadata>. Other programs' data stays unread. */
export function readMetadata(domain: XmlElement, report: Report): PreservedFromXl {
  const settings: PreservedSetting[] = [];
  const items = new Map<string, XmlElement[]>();
  for (const metadata of domain.children) {
    if (metadata.name !== 'metadata') continue;
    for (const child of metadata.children) {
      if (localName(child) !== 'xl') continue;
      metadata.markRead();
      child.markAllRead();
      for (const item of child.children) {
        const name = localName(item);
        if (name === 'settings') {
          for (const setting of parsePreserved(item, report)) settings.push(setting);
        } else if (name !== undefined) {
          const others = items.get(name);
          if (others) others.push(item);
          else items.set(name, [item]);
        }
      }
    }
  }
  return new PreservedFromXl(settings, items);
}

/**
 * Moves preserved settings back into the model. A setting that does not fit the domain remains a preserved one.
 */
export function liftSettings(domain: Domain): Domain {
  const { settings } = domain.preserved;
  return settings.reduce((lifted, setting) => {
    const changed = lift(lifted, setting);
    if (!changed) return lifted;
    const preserved = {
      ...lifted.preserved,
      settings: lifted.preserved.settings.filter((other) => other !== setting),
    };
    return { ...changed, preserved };
  }, domain);
}

function lift(domain: Domain, setting: PreservedSetting): Domain | undefined {
  const { key, value } = setting;
  const { os, clock } = domain;
  const number = typeof value === 'string' && /^-?[0-9]{1,10}$/.test(value) ? Number(value) : undefined;
  switch (key) {
    case 'rtc_timeoffset':
      if (os.type === 'hvm' || number === undefined) return undefined;
      return { ...domain, clock: derive(clock, { offsetSeconds: number }) };
    case 'bootloader_args': {
      const words = Array.isArray(value) ? value.filter((word) => typeof word === 'string') : undefined;
      if (os.type === 'hvm' || words === undefined) return undefined;
      return { ...domain, os: derive(os, { bootloaderArgs: words }) };
    }
    case 'vncdisplay':
      if (number === undefined) return undefined;
      return changeDisplay(domain, (display) =>
        display.kind === 'vnc' && display.display === 'free'
          ? { ...display, firstDisplay: number }
          : undefined,
      );
    case 'spicevdagent':
      if (number === undefined) return undefined;
      return changeDisplay(domain, (display) =>
        display.kind === 'spice' ? { ...display, agent: number !== 0 } : undefined,
      );
    default:
      return liftPlatform(domain, setting);
  }
}

/** Changes the display that a setting refers to; there is at most one of each kind. */
function changeDisplay(
  domain: Domain,
  change: (display: Graphics) => Graphics | undefined,
): Domain | undefined {
  const at = domain.graphics.findIndex((display) => change(display) !== undefined);
  const display = domain.graphics[at];
  const changed = display && change(display);
  if (!changed) return undefined;
  return { ...domain, graphics: domain.graphics.with(at, derive(display, changed)) };
}

/** What libvirt's XML cannot express of the model, as settings of xl; it is reported. */
export function settingsToPreserve(domain: Domain, report: Report): readonly PreservedSetting[] {
  const { os, clock } = domain;
  const settings: PreservedSetting[] = [...preservePlatform(domain, report)];
  if (os.type !== 'hvm' && clock.offsetSeconds !== 0) {
    const message = "libvirt's Xen driver does not support a clock offset for PV and PVH guests";
    report.add('unsupported', message, originOf(clock));
    settings.push({ key: 'rtc_timeoffset', value: String(clock.offsetSeconds) });
  }
  if (os.type !== 'hvm' && hasBlanks(os.bootloaderArgs)) {
    const message = "libvirt stores the boot loader's arguments as one text, and these contain blanks";
    report.add('unsupported', message, originOf(os, 'bootloaderArgs'));
    settings.push({ key: 'bootloader_args', value: os.bootloaderArgs ?? [] });
  }
  const firstFree = domain.graphics.find((display) => display.kind === 'vnc' && display.display === 'free');
  for (const display of domain.graphics.filter(isReadBack(os))) {
    if (display.kind === 'vnc' && display.firstDisplay) {
      const message = `libvirt selects a free VNC display from 0, not from ${display.firstDisplay}`;
      report.add('unsupported', message, originOf(display));
      // The reader gives it to that one.
      if (display === firstFree) settings.push({ key: 'vncdisplay', value: String(display.firstDisplay) });
    }
    // libvirt's element for the agent, a virtio channel, is rejected by its Xen driver.
    if (display.kind === 'spice' && saysAgent(display)) {
      settings.push({ key: 'spicevdagent', value: display.agent ? '1' : '0' });
    }
  }
  return settings;
}

/** A PV or PVH guest has no SPICE. */
const isReadBack =
  (os: Os) =>
  ({ kind }: Graphics): boolean =>
    os.type === 'hvm' || kind !== 'spice';

/** Whether the agent is switched on or off explicitly, not by what the display offers. */
const saysAgent = (display: Spice): boolean =>
  display.agent !== undefined && !(display.agent && needsAgent(display));

/** Arguments that could not be separated again after joining them with blanks. */
export const hasBlanks = (words: readonly string[] | undefined): boolean =>
  words?.some((word) => !/^[^ \t\n\r]+$/.test(word)) ?? false;

/** The name of an element in our namespace, without its prefix. */
function localName(element: XmlElement): string | undefined {
  const [prefix = '', name] = element.name.includes(':') ? element.name.split(':', 2) : ['', element.name];
  return element.namespaceOf(prefix) === namespace ? name : undefined;
}

/** An error is reported at the element: the text is xl.cfg, not XML. */
function parsePreserved(item: XmlElement, report: Report): readonly PreservedSetting[] {
  const { settings, problems } = parseSettings(item.text());
  for (const problem of problems)
    report.add('preserved-conflict', `preserved settings: ${problem}`, item.tagSpan, 'fix or remove them');
  return problems.length === 0 ? settings : [];
}

/** Writes what only xl supports: settings, and what descriptors preserve. */
export function writeMetadata(
  domain: Domain,
  extra: readonly PreservedSetting[],
  items: readonly XmlTree[],
  report: Report,
): XmlTree | undefined {
  for (const { key } of domain.preserved.settings) {
    if (!isKey(key)) report.add('preserved-conflict', `'${key}' is not a valid setting name`);
  }
  const settings = [...domain.preserved.settings, ...extra];
  const text = settings.length === 0 ? undefined : printSettings(settings, report);
  if (text === undefined && items.length === 0) return undefined;
  return element('metadata', {}, [
    element('v2x:xl', { 'xmlns:v2x': namespace }, [textElement('v2x:settings', text), ...items]),
  ]);
}

/** The location of preserved xl.cfg settings. */
export const metadata: XmlBlock<'preserved'> = {
  field: 'preserved',
  write: (domain, { report, options, preserved }) =>
    options.keep === false
      ? []
      : [writeMetadata(domain, settingsToPreserve(domain, report), preserved, report)],
};

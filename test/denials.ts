import type { XlOption } from '../lib/xl/options/option.js';

/** The part of a message which claims that a format, a program or a kind of guest does not support something. */
export interface Denial {
  readonly by: 'xl' | 'libvirt';
  /** The kind of guest that it is about; absent: every kind. */
  readonly guest?: 'pv' | 'pvh' | 'hvm';
  /** The words that name the unsupported thing, in lower case and without articles. */
  readonly words: readonly string[];
}

const subject = [
  "(?<xl>\\b(?:xl\\.cfg|libxl|xl|Xen)(?:'s \\w+)?)",
  "(?<libvirt>\\b(?:libvirt|domain XML)(?:'s(?: Xen)? \\w+)?)",
  '(?<guest>\\b(?:PV|PVH|HVM)) guest',
].join('|');
const verb =
  '(?:has|have|knows|supports) no|does not support|cannot (?:express|specify|say|set|have|give a guest)';
const denial = new RegExp(`(?:${subject}) (?:${verb}) (?<thing>[^,;:.()]+)`, 'g');

/** The words after which the name of a thing has ended. */
const end = /\b(?:of|for|to|in|on|by|with|from|beside|about|as|here|there)\b.*/;

/** A restriction to some things of a kind: of one type, or with a property. */
const partial = /\b(?:that|which|whose|of (?:type|model|kind|mode))\b/;

/** Words for a kind of setting, which follow its name. */
const generic =
  /^(?:options?|settings?|fields?|parameters?|keys?|elements?|attributes?|devices?|ports?|switch(?:es)?)$/;

/** The denials in a message. If the name is a value of the document (`…`), the message denies only this value. */
export function denialsOf(message: string): readonly Denial[] {
  return [...message.matchAll(denial)].flatMap(({ groups = {} }): readonly Denial[] => {
    const { thing = '', guest, libvirt } = groups;
    const name = thing.replace(end, '').trim().toLowerCase();
    if (name === '' || name.includes('…') || /^such\b/.test(name) || partial.test(thing)) return [];
    const words = name
      .replaceAll(/<|>|'s?\b|'|=/g, '')
      .split(/\s+/)
      .filter((word) => !/^(?:an?|the|any)$/.test(word));
    const kind = guest?.toLowerCase() as Denial['guest'];
    return [{ by: libvirt === undefined ? 'xl' : 'libvirt', words, ...(kind && { guest: kind }) }];
  });
}

/** The names that words can refer to: `SPICE port` to spice_port and spiceport, `SMBIOS fields` to smbios. */
function namesFor(words: readonly string[]): readonly string[] {
  const isNamed = (word: string): boolean => !generic.test(word);
  const shorter = words.slice(Math.max(0, words.findIndex(isNamed)), words.findLastIndex(isNamed) + 1);
  return [words, shorter]
    .map((list) => list.join('').replaceAll('_', ''))
    .flatMap((name) => [name, name.replace(/s$/, '')])
    .filter((name) => name !== '');
}

/**
 * The entries of the tables that contradict a message.
 *
 * @param options the option table of xl.cfg, with the kinds of guest that each option is for
 * @param elements the elements and attributes that libvirt's reader converts
 */
export function contradictions(
  message: string,
  options: ReadonlyMap<string, Pick<XlOption, 'guests'>>,
  elements: ReadonlySet<string>,
): readonly string[] {
  return denialsOf(message).flatMap(({ by, guest, words }) => {
    const names = namesFor(words);
    const isNamed = (name: string): boolean => names.includes(name.replaceAll('_', '').toLowerCase());
    if (by === 'libvirt') return [...elements].filter(isNamed).map((name) => `<${name}>`);
    return [...options]
      .filter(([key, { guests }]) => isNamed(key) && (!guest || !guests || guests.includes(guest)))
      .map(([key]) => key);
  });
}

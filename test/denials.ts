import type { XlOption } from '../lib/xl/options/option.js';

/** The part of a message which states that a format, a program or a kind of guest lacks something. */
export interface Denial {
  readonly by: 'xl' | 'libvirt';
  /** Of which kind of guest it is stated; absent: of every one. */
  readonly guest?: 'pv' | 'pvh' | 'hvm';
  /** The words for what is denied, in lower case and without articles. */
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

/** Where the name of a thing ends. */
const end = /\b(?:of|for|to|in|on|by|with|from|beside|about|as|here|there)\b.*/;

/** A denial of some things of a kind: of one type, or with a certain property. */
const partial = /\b(?:that|which|whose|of (?:type|model|kind|mode))\b/;

/** Words which say that the name before them is one of a setting. */
const generic =
  /^(?:options?|settings?|fields?|parameters?|keys?|elements?|attributes?|devices?|ports?|switch(?:es)?)$/;

/** What a message denies. A message with a value of the document in that place (`…`) denies only this value. */
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

/** The names that words may stand for: `SPICE port` for spice_port and spiceport, `SMBIOS fields` for smbios. */
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
 * @param options the option table of xl.cfg; an option counts for the kinds of guest that it is for
 * @param elements the elements and attributes that libvirt's reader has a field of the model for
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

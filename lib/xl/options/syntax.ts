import { parseCpuList } from '../../model/cpu-list.js';
import type { SettingValue } from '../../model/preserved.js';

/** Why xl rejects a value of the right type; undefined if it accepts it. */
export type Syntax = (value: SettingValue) => string | undefined;

/** The single values of a setting; a list inside a list counts as none. */
const itemsOf = (value: SettingValue): readonly (string | undefined)[] =>
  typeof value === 'string' ? [value] : value.map((item) => (typeof item === 'string' ? item : undefined));

/** Checks each item; xl reads a list up to the first item that is a list. */
const each =
  (problem: (item: string) => string | undefined): Syntax =>
  (value) => {
    for (const item of itemsOf(value)) {
      if (item === undefined) return undefined;
      const found = problem(item);
      if (found !== undefined) return found;
    }
    return undefined;
  };

/** The same for options of which xl also rejects an item that is a list. */
const everyItem =
  (problem: (item: string) => string | undefined): Syntax =>
  (value) =>
    itemsOf(value).includes(undefined) ? 'an item is a list' : each(problem)(value);

const matching = (pattern: RegExp, form: string): ((item: string) => string | undefined) => {
  return (item) => (pattern.test(item) ? undefined : `'${item}' is not ${form}`);
};

/** A bound that libxl's 32-bit fields set (xl_parse.c). */
const tooBig = 2 ** 32 - 1;

/** I/O ports in hexadecimal; text after a single one is ignored, text after a range is not. */
export const ioports = everyItem((item) => {
  const match = /^\s*(?:0[xX])?([0-9a-fA-F]+)(?:-\s*(?:0[xX])?([0-9a-fA-F]+)$|(?!-)[^0-9a-fA-F]|$)/.exec(
    item,
  );
  if (!match) return `'${item}' is not a port or a range of ports`;
  const [, first = '', last = first] = match;
  return Math.max(parseInt(first, 16), parseInt(last, 16)) >= tooBig ? `'${item}' is too big` : undefined;
});

export const irqs = everyItem((item) => {
  if (!/^\s*\+?[0-9]+$/.test(item)) return `'${item}' is not an interrupt number`;
  return Number(item) >= tooBig ? `'${item}' is too big` : undefined;
});

const page = '\\s*(?:0[xX])?[0-9a-fA-F]{1,16}';
export const iomem = everyItem(
  matching(new RegExp(`^${page},${page}(?:@${page})?$`), 'START,PAGES or START,PAGES@GFN in hexadecimal'),
);

/** `0-3,^2`, `all`, `nodes:0` (xl_parse.c: update_cpumap_range). */
export const cpuRanges: Syntax = each((item) => {
  for (const piece of item.split(',')) {
    if (piece === '') continue;
    const [, not, range = ''] = /^(\^?)(?:nodes?:)?(.*)$/s.exec(piece) ?? [];
    if (range === 'all' && not === '^') return "'^' and 'all' cannot be combined";
    const [, first, last = first] = /^\s*\+?([0-9]+)(?:-\s*\+?([0-9]+))?$/.exec(range) ?? [];
    if (range !== 'all' && (first === undefined || Number(last) < Number(first)))
      return `'${piece}' is not a range of CPUs`;
  }
  return undefined;
});

/** The same for CPUs of an affinity: there must be at least one. */
export const hardCpus: Syntax = (value) =>
  cpuRanges(value) ??
  each((item) => {
    const isCounted = !/all|node/.test(item) && item.length < 4096;
    return isCounted && parseCpuList(item) === undefined ? `'${item}' leaves no CPU` : undefined;
  })(value);

export const oneOf = (...words: readonly string[]): Syntax =>
  everyItem((item) => (words.includes(item) ? undefined : `'${item}' is none of ${words.join(', ')}`));

/** A whole number within bounds. */
export const between =
  (least: number, most: number): Syntax =>
  (value) =>
    typeof value !== 'string' || (Number(value) >= least && Number(value) <= most)
      ? undefined
      : `${value} is not between ${least} and ${most}`;

/** KEY=VALUE pieces between commas, blanks before a key skipped. */
const piecesOf = (item: string): readonly string[] =>
  item
    .split(',')
    .map((piece) => piece.replace(/^ +/, ''))
    .filter((piece, index, all) => piece !== '' || index === all.length);

/**
 * Devices with these keys and no others; xl stops at a piece without `=`, and keeps the values of `required` for
 * the next items.
 */
export function keyed(known: readonly string[], required: readonly string[] = []): Syntax {
  return (value) => {
    const given = new Set<string>();
    const judge = each((item) => {
      for (const piece of piecesOf(item)) {
        const equals = piece.indexOf('=');
        if (equals < 0) break;
        const key = piece.slice(0, equals);
        if (!known.includes(key)) return `unknown parameter '${key}'`;
        given.add(key);
      }
      const lacking = required.filter((key) => !given.has(key));
      return lacking.length > 0 ? `${lacking.join(', ')} required` : undefined;
    });
    return judge(value);
  };
}

/** Keys that a piece can start with; xl compares them including the `=` (xl_parse.c: MATCH_OPTION). */
const vkbKeys = [
  'backend',
  'unique-id',
  'width',
  'height',
  'feature-disable-keyboard',
  'feature-disable-pointer',
  'feature-abs-pointer',
  'feature-raw-pointer',
  'feature-multi-touch',
  'multi-touch-width',
  'multi-touch-height',
  'multi-touch-num-contacts',
];
const touchKeys = ['multi-touch-width', 'multi-touch-height', 'multi-touch-num-contacts'];
const vkbBackends = ['qemu', 'linux'];

export const vkb = each((item) => {
  const given = new Map<string, string>();
  for (const piece of piecesOf(item)) {
    const [key, value] = splitOnce(piece);
    if (key === 'backend-type' && value !== undefined) {
      if (!vkbBackends.includes(value.toLowerCase())) return `unknown backend-type '${value}'`;
    } else if (value === undefined || !vkbKeys.includes(key)) return `unknown parameter '${piece}'`;
    given.set(key, value);
  }
  if (!given.has('backend-type')) return 'backend-type required';
  const touches = Number.parseInt(given.get('feature-multi-touch') ?? '0', 10) !== 0;
  const isLacking = touches && !touchKeys.some((key) => given.has(key));
  return isLacking ? `feature-multi-touch requires ${touchKeys.join(', ')}` : undefined;
});

export const vdispl = each((item) => {
  let connectors = 0;
  for (const piece of piecesOf(item)) {
    const [key, value] = splitOnce(piece);
    if (value === undefined || !['backend', 'be-alloc', 'connectors'].includes(key))
      return `unknown parameter '${piece}'`;
    if (key !== 'connectors') continue;
    for (const connector of value.split(';').filter((text) => text !== '')) {
      connectors += 1;
      if (!/^[^:]+:\s*\+?[0-9]+x\s*\+?[0-9]+/.test(connector)) return `'${connector}' is not ID:WIDTHxHEIGHT`;
    }
  }
  return connectors === 0 ? 'at least one connector required' : undefined;
});

function splitOnce(piece: string): readonly [key: string, value?: string] {
  const equals = piece.indexOf('=');
  return equals < 0 ? [piece] : [piece.slice(0, equals), piece.slice(equals + 1)];
}

/** Texts for the datatypes of the schema: several for each, to see the effect of another text. */
import type { DataPattern } from './grammar.js';

/** The first valid ones are used; those that are rarely valid are at the end. */
const candidates: readonly string[] = [
  '/var/lib/one',
  '/var/lib/two',
  'one',
  'two',
  '5',
  '6',
  'a',
  'b',
  '0x5',
  '0x6',
  '0x1f',
  '0x2f',
  '0xf1',
  '0xf2',
  '52:54:00:12:34:56',
  '52:54:00:12:34:57',
  '53:54:00:12:34:56',
  '8b0e1c763a6c4a359d9c0e6f7d2a1b11',
  '8b0e1c763a6c4a359d9c0e6f7d2a1b12',
  '8b0e1c76-3a6c-4a35-9d9c-0e6f7d2a1b11',
  '8b0e1c76-3a6c-4a35-9d9c-0e6f7d2a1b12',
  '192.0.2.1',
  '192.0.2.2',
  '2001:db8::1',
  '2001:db8::2',
  'xvdb',
  'xvdc',
  'KiB',
  'MiB',
  '5.2',
  '6.2',
  'naa.0123456789abcdef',
  'naa.0123456789abcdee',
  '0123456789abcdef',
  '0123456789abcdee',
  '[one] one.img',
  '[two] two.img',
  'twelve-chars',
  'twelve-signs',
  'tcp',
  'udp',
  'ipv4',
  'ipv6',
  'vepa',
  'bridge',
  'sync_pt',
  'share_pt',
  '-1',
  '0',
  '+5',
];

const numbers: readonly number[] = [5, 6, 100, 101, 1000, 1001];

/**
 * @returns some valid texts, at least one
 * @throws if there is none: a sample has to be added here
 */
export function samplesOf({ type, pattern, least = 0, most = 2 ** 31 }: DataPattern): readonly string[] {
  const all = texts(type, least, most).filter((text) => pattern?.test(text) ?? true);
  if (all.length === 0) throw new Error(`no sample of the datatype ${type} fits ${String(pattern)}`);
  return all.slice(0, 4);
}

function texts(type: string, least: number, most: number): readonly string[] {
  switch (type) {
    case 'string':
      return candidates;
    case 'NCName':
      return ['one', 'two'];
    case 'dateTime':
      return ['2024-01-02T03:04:05', '2024-01-02T03:04:06'];
    default:
      return numbers.filter((number) => number >= least && number <= most).map(String);
  }
}

/** Replacement texts of mutations. */
import { hostilePieces } from '../../properties/texts.js';
import type { Chance } from './chance.js';

const numbers = [
  '0',
  '1',
  '-1',
  '+1',
  '007',
  '0x10',
  '0xg',
  '1.5',
  '1e9',
  '255',
  '65535',
  '65536',
  '2147483647',
  '2147483648',
  '4294967296',
  '9223372036854775807',
  '9223372036854775808',
  '99999999999999999999999999',
  '-9223372036854775809',
];

export const anyNumber = (chance: Chance): string => chance.pick(numbers);

/** Several mutations at once reach more code than one, but most results are rejected for the first of them. */
export const howMany = (chance: Chance): number => chance.pick([1, 1, 1, 1, 2, 3]);

/** A text with an inserted piece that is special in one of the syntaxes. */
export function withHostile(text: string, chance: Chance): string {
  const at = chance.below(text.length + 1);
  return text.slice(0, at) + chance.pick(hostilePieces) + text.slice(at);
}

/** A list with one item removed, repeated, moved, or replaced by another. */
export function shuffled<Thing>(
  things: readonly Thing[],
  others: readonly Thing[],
  chance: Chance,
): readonly Thing[] {
  if (things.length === 0) return others.length === 0 ? things : [chance.pick(others)];
  const [one, two] = [chance.below(things.length), chance.below(things.length)];
  const [thing, second] = [chance.pick(things.slice(one)), things[two]];
  switch (chance.below(5)) {
    case 0:
      return things.toSpliced(one, 1);
    case 1:
      return things.toSpliced(two, 0, thing);
    case 2:
      return second === undefined ? things : things.with(one, second).with(two, thing);
    case 3:
      return others.length === 0 ? things : things.with(one, chance.pick(others));
    default:
      return others.length === 0 ? things : things.toSpliced(one, 0, chance.pick(others));
  }
}

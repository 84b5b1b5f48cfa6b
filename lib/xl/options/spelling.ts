import { xlOptions } from './table.js';

/** All option names are shorter. */
const longest = 40;

/** Options by their names, whole and with one letter removed. */
let byRest: ReadonlyMap<string, string> | undefined;

/**
 * The option that a misspelled name probably means: it differs by one letter that is missing, added, wrong, or
 * swapped with the next one.
 */
export function nearestOption(name: string): string | undefined {
  if (name.length > longest) return undefined;
  byRest ??= new Map(
    [...xlOptions.keys()].toReversed().flatMap((key) => rests(key).map((rest) => [rest, key])),
  );
  for (const rest of rests(name)) {
    const near = byRest.get(rest);
    if (near !== undefined) return near;
  }
  return undefined;
}

const rests = (name: string): readonly string[] => [
  name,
  ...Array.from(name, (_, i) => name.slice(0, i) + name.slice(i + 1)),
];

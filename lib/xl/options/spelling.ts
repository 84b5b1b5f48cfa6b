import { xlOptions } from './table.js';

/** No option's name is longer, by far. */
const longest = 40;

/** Options by what is left of their names when nothing or one letter is dropped. */
let byRest: ReadonlyMap<string, string> | undefined;

/**
 * The option that was meant by a name that is none, if it differs by one letter: one that is
 * missing, too many, another, or in its neighbour's place.
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

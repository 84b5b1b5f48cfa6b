type Range = readonly [first: number, last: number];

/** More than any number of a CPU that is worth reading. */
const maximumCpu = 65535;

/** How many CPUs Xen can be built for (xen/arch/Kconfig: NR_CPUS); xl passes over the numbers that the host has not. */
const maximumHostCpus = 16383;

/** Whether a normalised list has a CPU that there may be: xl rejects one that leaves none. */
export const hasHostCpu = (list: string): boolean =>
  list === 'all' || rangesOf(list).some(([first]) => first < maximumHostCpus);

/** Each exclusion is applied to every range before it, so their number is limited. */
const maximumPieces = 1024;

/**
 * Normalizes a list of CPUs such as `0-3,^2,8` to `0-1,3,8`, by ranges, so that a large range costs nothing. `all`
 * stays `all`.
 *
 * @returns undefined if it is not a valid list, or if it contains no CPU
 */
export function parseCpuList(text: string): string | undefined {
  if (text.trim() === 'all') return 'all';
  const pieces = text.split(',');
  if (pieces.length > maximumPieces) return undefined;
  let ranges: readonly Range[] = [];
  for (const piece of pieces) {
    const match = /^\s*(\^?)([0-9]{1,5})(?:-(\^?)([0-9]{1,5}))?\s*$/.exec(piece);
    if (!match || match[3] === '^') return undefined;
    const first = Number(match[2]);
    const last = match[4] === undefined ? first : Number(match[4]);
    if (last < first || last > maximumCpu) return undefined;
    ranges = match[1] === '^' ? without(ranges, [first, last]) : [...ranges, [first, last]];
  }
  const merged = merge(ranges);
  if (merged.length === 0) return undefined;
  return merged.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(',');
}

/** The ranges of a normalised list. */
export const rangesOf = (list: string): readonly Range[] =>
  list.split(',').flatMap((piece): readonly Range[] => {
    const [first = NaN, last = first] = piece.split('-').map(Number);
    return piece !== '' && last >= first ? [[first, last]] : [];
  });

/** The number of CPUs in a normalized list. */
export const countCpus = (list: string): number =>
  rangesOf(list).reduce((sum, [first, last]) => sum + last - first + 1, 0);

const without = (ranges: readonly Range[], [first, last]: Range): readonly Range[] =>
  ranges.flatMap(([from, to]): readonly Range[] => {
    const left: readonly Range[] = from < first ? [[from, Math.min(to, first - 1)]] : [];
    const right: readonly Range[] = to > last ? [[Math.max(from, last + 1), to]] : [];
    return [...left, ...right];
  });

function merge(ranges: readonly Range[]): readonly Range[] {
  const merged: [number, number][] = [];
  for (const [first, last] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const previous = merged.at(-1);
    if (previous && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

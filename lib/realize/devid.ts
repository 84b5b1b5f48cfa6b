declare const brand: unique symbol;

/**
 * The number of a console that is a channel. 0 is the primary console; Linux reads one digit of the
 * number (hvc_xen.c), and has terminals for 8 consoles.
 */
export type DevId = number & { readonly [brand]: 'DevId' };

/** All that there are, in the order in which they are given. */
export const devIds: readonly DevId[] = [1, 2, 3, 4, 5, 6, 7].map((number) => number as DevId);

/** @throws RangeError for what is no channel's number */
export function devId(number: number): DevId {
  const found = devIds.find((known) => known === number);
  if (found !== undefined) return found;
  throw new RangeError(`${number} is no channel's number: those are 1 to ${devIds.length}`);
}

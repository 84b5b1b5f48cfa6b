import { maximumChannels } from '../model/limits.js';

declare const brand: unique symbol;

/** The device ID of a console that is a channel. 0 is the primary console. */
export type DevId = number & { readonly [brand]: 'DevId' };

/** All valid IDs, in the order of assignment. */
export const devIds: readonly DevId[] = Array.from(
  { length: maximumChannels },
  (_, index) => (index + 1) as DevId,
);

/** @throws RangeError for a number that is not the ID of a channel */
export function devId(number: number): DevId {
  const found = devIds.find((known) => known === number);
  if (found !== undefined) return found;
  throw new RangeError(`${number} is not a valid channel number: use 1 to ${devIds.length}`);
}

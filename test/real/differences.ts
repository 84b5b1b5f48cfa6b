import { withoutDefaults } from './defaults.js';
import { at, mismatches } from './json.js';
import type { LibxlConfig } from './real-xl.js';

/** Where libxl keeps the order in which an HVM guest boots. */
export const bootOrder = ['b_info', 'type.hvm', 'boot'] as const;

/**
 * What two configs mean differently, both ways, for what is more is as wrong as what is less.
 * @param generated whether xl made up the uuid, which is another each time then
 */
export function differencesOf(
  before: LibxlConfig,
  after: LibxlConfig,
  generated: boolean,
): readonly string[] {
  const [left, right] = [withoutDefaults(before, generated), withoutDefaults(after, generated)];
  const lost = mismatches(left, right);
  const gained = mismatches(right, left).map((difference) => `the other way round: ${difference}`);
  // That a missing or empty order becomes `c` has a test of its own.
  const isDefaultOrder = !at(before, ...bootOrder) && at(after, ...bootOrder) === 'c';
  return [...lost, ...gained].filter((difference) => !(isDefaultOrder && difference.includes('.hvm.boot:')));
}

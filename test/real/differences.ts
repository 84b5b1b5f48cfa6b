import { withoutDefaults } from './defaults.js';
import { at, isRecord, mismatches, type Json } from './json.js';
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
  const [left, right] = [before, after].map((config) => withoutDefaults(withOneList(config), generated));
  if (left === undefined || right === undefined) return [];
  const lost = mismatches(left, right);
  const gained = mismatches(right, left).map((difference) => `the other way round: ${difference}`);
  // That a missing or empty order becomes `c` has a test of its own.
  const isDefaultOrder = !at(before, ...bootOrder) && at(after, ...bootOrder) === 'c';
  return [...lost, ...gained].filter((difference) => !(isDefaultOrder && difference.includes('.hvm.boot:')));
}

/** The arguments of the device model in one list: libvirt has one, for whatever type of guest (libxl_dm.c appends them all). */
function withOneList(config: LibxlConfig): LibxlConfig {
  const { b_info: info, ...others } = config;
  if (!isRecord(info)) return config;
  const { extra, extra_hvm: ofHvm, extra_pv: ofPv, ...rest } = info;
  const all = [extra, ofHvm, ofPv].flatMap((list) => (Array.isArray(list) ? (list as readonly Json[]) : []));
  return { ...others, b_info: all.length > 0 ? { ...rest, extra: all } : rest };
}

import { withoutDefaults } from './defaults.js';
import { at, isRecord, mismatches, type Json } from './json.js';
import type { LibxlConfig } from './real-xl.js';

/** The path of the boot order of an HVM guest in libxl's JSON. */
export const bootOrder = ['b_info', 'type.hvm', 'boot'] as const;

/**
 * The differences between the meanings of two configs: something additional is as wrong as something missing.
 * @param generated whether xl generated the UUID, which then differs in each run
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
  // A missing or empty order is `c`, which another test checks.
  const isDefaultOrder = !at(before, ...bootOrder) && at(after, ...bootOrder) === 'c';
  return [...lost, ...gained].filter((difference) => !(isDefaultOrder && difference.includes('.hvm.boot:')));
}

/** The arguments of the device model in one list, as in libvirt: libxl_dm.c appends those of all settings. */
function withOneList(config: LibxlConfig): LibxlConfig {
  const { b_info: info, ...others } = config;
  if (!isRecord(info)) return config;
  const { extra, extra_hvm: ofHvm, extra_pv: ofPv, ...rest } = info;
  const all = [extra, ofHvm, ofPv].flatMap((list) => (Array.isArray(list) ? (list as readonly Json[]) : []));
  return { ...others, b_info: all.length > 0 ? { ...rest, extra: all } : rest };
}

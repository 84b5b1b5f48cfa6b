import { parseInteger } from './integer.js';

/** The kind of value that xl requests of a setting (libxlu_cfg.c: xlu_cfg_get_string, _long, _list). */
export type XlKind = 'single value' | 'whole number' | 'list';

/**
 * Why xl rejects a setting as that kind.
 * @param text its single value; absent for a list
 * @param added whether it was extended with `+=`
 */
export function kindProblem(kind: XlKind, text: string | undefined, added: boolean): string | undefined {
  if (kind === 'list') return text === undefined ? undefined : 'expected a [ list ], not a single value';
  if (text === undefined) return 'expected a single value, not a list';
  if (kind === 'single value') return undefined;
  if (added) return '+= does not work with numbers';
  return parseInteger(text) === undefined ? `'${text}' is not a whole number` : undefined;
}

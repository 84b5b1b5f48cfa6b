import { parseInteger } from './integer.js';

/** As what xl asks its parser for a setting (libxlu_cfg.c: xlu_cfg_get_string, _long, _list). */
export type XlKind = 'single value' | 'whole number' | 'list';

/**
 * Why xl cannot have a setting as that kind.
 * @param text the single value that it has; absent for a list
 * @param added whether it was built with `+=`
 */
export function kindProblem(kind: XlKind, text: string | undefined, added: boolean): string | undefined {
  if (kind === 'list') return text === undefined ? undefined : 'expected a [ list ], not a single value';
  if (text === undefined) return 'expected a single value, not a list';
  if (kind === 'single value') return undefined;
  if (added) return '+= does not work with numbers';
  return parseInteger(text) === undefined ? `'${text}' is not a whole number` : undefined;
}

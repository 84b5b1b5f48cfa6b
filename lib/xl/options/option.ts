import type { Graphics } from '../../model/graphics.js';
import type { Os } from '../../model/os.js';
import type { XenVersion } from '../../document/options.js';
import type { Syntax } from './syntax.js';

/** One option of xl.cfg(5), as xl_parse.c reads it. */
export interface XlOption {
  readonly type: OptionType;
  /** A value that xl accepts, in xl.cfg syntax. */
  readonly example: string;
  /** The kinds of guest for which xl or libxl uses it; absent: all. */
  readonly guests?: readonly Os['type'][];
  /** Whether it has a meaning on Arm hosts only; xl reads it everywhere, elsewhere without effect. */
  readonly arm?: true;
  /** The first Xen release with it; absent: Xen 4.17 has it. */
  readonly since?: XenVersion;
  /** Parameters and names in its value that were added later, with the first Xen release that has them. */
  readonly newer?: Readonly<Record<string, XenVersion>>;
  /** The values that xl accepts; it rejects others. */
  readonly values?: readonly string[];
  /** Whether xl rejects the config for a value of the wrong type; otherwise it ignores the option. */
  readonly strict?: true;
  /**
   * The value with the effect of none (libxl_create.c: libxl__domain_build_info_setdefault and others; for some, xl_parse.c
   * and the schedulers of Xen), of the names the canonical one. Absent: there is no such value, or it depends on others.
   */
  readonly default?: string;
  /** A kind of guest for which libxl does not look at the value, and what it does instead. */
  readonly inert?: { readonly guest: Os['type']; readonly because: string };
  /** What xl rejects in a value of the right type. */
  readonly syntax?: Syntax;
  /**
   * What xl does for a guest of a kind that is not in `guests`: it rejects the config, or (default) ignores the
   * option.
   */
  readonly rejectedElsewhere?: true;
  /** The display without which libxl does not use it. */
  readonly display?: Graphics['kind'];
  /** What xl does with an option that it reads only for old configs. */
  readonly obsolete?: string;
}

/**
 * The type of an option in xl. xl_parse.c uses a function for each: xlu_cfg_get_string, _long, _defbool, _list; for
 * two of the types, one after the other. A name is a case-insensitive string (libxl's enumerations); its number is
 * the index in `values`.
 */
export type OptionType =
  | 'string'
  | 'name'
  | 'integer'
  | 'boolean'
  | 'list'
  | 'list of lists'
  | 'string or list'
  | 'boolean or list'
  | 'boolean or name'
  | 'name or its number';

/** Options by their names. */
export type OptionTable = Readonly<Record<string, XlOption>>;

export const hvm = ['hvm'] as const;
export const pv = ['pv'] as const;
export const pvh = ['pvh'] as const;
/** The guests with hardware virtualization. */
export const withHardware = ['pvh', 'hvm'] as const;

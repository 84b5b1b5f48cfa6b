import type { Os } from '../../model/os.js';
import type { XenVersion } from '../../document/options.js';
import type { Syntax } from './syntax.js';

/** One option of xl.cfg(5), as xl_parse.c reads it. */
export interface XlOption {
  readonly type: OptionType;
  /** A value that xl takes, as it stands in an xl.cfg. */
  readonly example: string;
  /** The guests for which xl reads it; absent: all. */
  readonly guests?: readonly Os['type'][];
  /** Whether it means something on Arm hosts only; xl reads it everywhere, and elsewhere it has no effect. */
  readonly arm?: true;
  /** The first Xen with it; absent: Xen 4.17 has it. */
  readonly since?: XenVersion;
  /** Parameters and names that came into its value later, by the first Xen with them. */
  readonly newer?: Readonly<Record<string, XenVersion>>;
  /** The values that xl takes; another one it refuses. */
  readonly values?: readonly string[];
  /** Whether a value of the wrong type makes xl refuse the config; it goes on without the option otherwise. */
  readonly strict?: true;
  /** What xl rejects of a value of the right type. */
  readonly syntax?: Syntax;
  /** What xl does with a guest of another kind than `guests`: it rejects the config; it ignores the option otherwise. */
  readonly rejectedElsewhere?: true;
  /** What xl does with an option that it reads for old configs' sake. */
  readonly obsolete?: string;
}

/**
 * What xl reads an option as. xl_parse.c asks for each with a function of its own: xlu_cfg_get_string,
 * _long, _defbool, _list; for two of them, one after the other. A name is a string that is compared
 * in any case (libxl's enumerations); its number is the place among `values`.
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

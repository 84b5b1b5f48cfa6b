import type { Report } from '../../diagnostics/diagnostic.js';
import type { Span } from '../../diagnostics/span.js';
import type { XlAtom, XlList, XlValue } from './ast.js';
import type { XlSetting } from './settings.js';

/** A value and where it stands. */
export interface Located<Value> {
  readonly value: Value;
  readonly span: Span;
}

/**
 * Gives out settings by name and kind, converting as xl does, and remembers which were asked for:
 * `unread` is what the conversion would lose. A value of the wrong kind is reported, and counts as
 * absent where xl itself says a word and goes on.
 */
export class XlReader {
  readonly #settings: ReadonlyMap<string, XlSetting>;
  readonly #read = new Set<string>();
  readonly #report: Report;

  constructor(settings: ReadonlyMap<string, XlSetting>, report: Report) {
    this.#settings = settings;
    this.#report = report;
  }

  has(key: string): boolean {
    return this.#settings.has(key);
  }

  /** Whether a setting is there and is a list. */
  isList(key: string): boolean {
    return this.#settings.get(key)?.value.kind === 'list';
  }

  /** A single value; a list is left unread and not complained of, for xl takes both. */
  atomIfSingle(key: string): XlAtom | undefined {
    return this.isList(key) ? undefined : this.atom(key);
  }

  /** Where the name of a setting stands. */
  keySpan(key: string): Span | undefined {
    return this.#settings.get(key)?.keySpan;
  }

  /** A single value as text (xlu_cfg_get_string). */
  string(key: string): Located<string> | undefined {
    const atom = this.atom(key);
    return atom && { value: atom.text, span: atom.span };
  }

  /** A single value as xl's parser left it. */
  atom(key: string): XlAtom | undefined {
    const setting = this.#take(key);
    if (setting?.value.kind !== 'list') return setting?.value;
    this.#ignored(`xl ignores '${key}': it wants a single value, not a list`, setting.value.span);
    return undefined;
  }

  /** A whole number as C's strtol reads it: decimal, 0x hexadecimal or 0 octal (xlu_cfg_get_long). */
  integer(key: string): Located<number> | undefined {
    const found = this.string(key);
    if (!found) return undefined;
    if (this.#settings.get(key)?.added) {
      this.#ignored(`xl ignores '${key}': += does not work with numbers`, found.span);
      return undefined;
    }
    const value = parseInteger(found.value);
    if (value === undefined) {
      this.#ignored(`xl ignores '${key}': '${found.value}' is not a whole number`, found.span);
      return undefined;
    }
    if (!Number.isSafeInteger(value)) {
      this.#report.add('value-invalid', `'${key}': ${found.value} is out of range`, found.span);
      return undefined;
    }
    return { value, span: found.span };
  }

  /** Any number but 0 is true (xlu_cfg_get_defbool). */
  boolean(key: string): boolean | undefined {
    const found = this.integer(key);
    return found && found.value !== 0;
  }

  /**
   * The texts of a list. xl stops reading a list at the first item that is a list itself
   * (xlu_cfg_get_listitem gives none), so this does, too.
   */
  list(key: string): readonly XlAtom[] | undefined {
    const setting = this.#take(key);
    if (!setting) return undefined;
    if (setting.value.kind === 'atom') {
      this.#ignored(`xl ignores '${key}': it wants a [ list ], not a single value`, setting.value.span);
      return undefined;
    }
    return this.#atoms(key, setting.value);
  }

  /** A list whose items may be lists themselves; none if the setting is absent, or is no list. */
  items(key: string): readonly XlValue[] {
    const value = this.#take(key)?.value;
    if (value?.kind === 'list') return value.items;
    if (value) this.#ignored(`xl ignores '${key}': it wants a [ list ], not a single value`, value.span);
    return [];
  }

  /** A setting that may be one text or a list of them. */
  stringOrList(key: string): readonly XlAtom[] | undefined {
    const setting = this.#take(key);
    if (!setting) return undefined;
    return setting.value.kind === 'atom' ? [setting.value] : this.#atoms(key, setting.value);
  }

  /** Takes back that a setting was read: it stays among the unread after all. */
  leave(key: string): void {
    this.#read.delete(key);
  }

  /** What nobody asked for, in the order of the file. */
  get unread(): readonly XlSetting[] {
    return [...this.#settings.values()]
      .filter(({ key }) => !this.#read.has(key))
      .sort((a, b) => a.keySpan.start - b.keySpan.start);
  }

  #take(key: string): XlSetting | undefined {
    this.#read.add(key);
    return this.#settings.get(key);
  }

  #atoms(key: string, list: XlList): readonly XlAtom[] {
    const atoms: XlAtom[] = [];
    for (const item of list.items) {
      if (item.kind === 'list') {
        this.#ignored(`xl stops reading '${key}' here: an item is a list`, item.span);
        break;
      }
      atoms.push(item);
    }
    return atoms;
  }

  #ignored(message: string, span: Span): void {
    this.#report.add('xl-ignored', message, span);
  }
}

/** C's strtol with base 0 and nothing after the number. */
export function parseInteger(text: string): number | undefined {
  const match = /^[ \t\n\v\f\r]*([-+]?)(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*))$/.exec(text);
  if (!match) return undefined;
  const [, sign, hexadecimal, octal, decimal] = match;
  const size =
    hexadecimal !== undefined
      ? Number.parseInt(hexadecimal, 16)
      : octal !== undefined
        ? Number.parseInt(octal, 8)
        : Number.parseInt(decimal ?? '', 10);
  return sign === '-' ? 0 - size : size;
}

import type { Report } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import type { XlAtom, XlList, XlValue } from '../xl-syntax/ast.js';
import type { FormatOptions } from '../document/options.js';
import { isLibvirts } from '../document/profile.js';
import { libvirtsBooleans, libvirtsInteger } from './libvirt-values.js';
import { parseInteger } from '../xl-syntax/integer.js';
import { kindProblem, type XlKind } from '../xl-syntax/kind.js';
import type { XlSetting } from '../xl-syntax/settings.js';

/** A value and its position. */
export interface Located<Value> {
  readonly value: Value;
  readonly span: Span;
}

/**
 * Returns settings by name and type, converted as in xl, and records which were read: `unread` is what the
 * conversion would lose. A value of the wrong type is reported, and counts as absent where xl prints a warning and
 * continues.
 */
export class XlReader {
  readonly #settings: ReadonlyMap<string, XlSetting>;
  readonly #read = new Set<string>();
  readonly #report: Report;
  readonly #isStrict: (key: string) => boolean;
  readonly #isLibvirts: boolean;

  /**
   * @param isStrict whether xl rejects the config for a value of the wrong kind, rather than go on
   * @param options with the profile `libvirt`, numbers and booleans are read as libvirt reads them (libvirt-values.ts)
   */
  constructor(
    settings: ReadonlyMap<string, XlSetting>,
    report: Report,
    isStrict: (key: string) => boolean = () => false,
    options: FormatOptions = {},
  ) {
    this.#settings = settings;
    this.#report = report;
    this.#isStrict = isStrict;
    this.#isLibvirts = isLibvirts(options);
  }

  has(key: string): boolean {
    return this.#settings.has(key);
  }

  /** Whether a setting exists and is a list. */
  isList(key: string): boolean {
    return this.#settings.get(key)?.value.kind === 'list';
  }

  /** The text of a single value, without reading it. */
  peek(key: string): string | undefined {
    const value = this.#settings.get(key)?.value;
    return value?.kind === 'atom' ? value.text : undefined;
  }

  /** Whether a setting is a list without items. */
  isEmptyList(key: string): boolean {
    const value = this.#settings.get(key)?.value;
    return value?.kind === 'list' && value.items.length === 0;
  }

  /** A single value; a list is left unread and not reported, because xl accepts both. */
  atomIfSingle(key: string): XlAtom | undefined {
    return this.isList(key) ? undefined : this.atom(key);
  }

  /** The position of the name of a setting. */
  keySpan(key: string): Span | undefined {
    return this.#settings.get(key)?.keySpan;
  }

  /** A single value as text (xlu_cfg_get_string). */
  string(key: string): Located<string> | undefined {
    const atom = this.atom(key);
    return atom && { value: atom.text, span: atom.span };
  }

  /** A single value as parsed by xl. */
  atom(key: string): XlAtom | undefined {
    const value = this.#takeAs('single value', key);
    return value?.kind === 'atom' ? value : undefined;
  }

  /** A whole number as in C's strtol: decimal, 0x hexadecimal or 0 octal (xlu_cfg_get_long). */
  integer(key: string): Located<number> | undefined {
    const atom = this.#takeAs('whole number', key);
    if (atom?.kind !== 'atom') return undefined;
    const { text, span } = atom;
    const libvirts = this.#isLibvirts ? libvirtsInteger(text) : undefined;
    const value = libvirts ?? parseInteger(text);
    if (value === undefined) return undefined;
    if (libvirts !== undefined) this.#differs(key, text, libvirts, parseInteger(text), span);
    if (!Number.isSafeInteger(value)) {
      this.#report.add('value-invalid', `'${key}': ${text} is out of range`, span);
      return undefined;
    }
    return { value, span };
  }

  /** Any number but 0 is true (xlu_cfg_get_defbool). */
  boolean(key: string): boolean | undefined {
    const value = this.#settings.get(key)?.value;
    if (this.#isLibvirts && value?.kind === 'atom' && value.quoted && libvirtsBooleans.has(key)) {
      this.#read.add(key);
      const isOn = value.text === '1';
      const xls = parseInteger(value.text);
      this.#differs(key, `"${value.text}"`, Number(isOn), xls && Number(xls !== 0), value.span);
      return isOn;
    }
    const found = this.integer(key);
    return found && found.value !== 0;
  }

  /** Reports where libvirt reads a value differently from xl. */
  #differs(key: string, text: string, libvirts: number, xls: number | undefined, span: Span): void {
    if (libvirts === xls) return;
    const other = xls === undefined ? 'xl ignores it' : `xl as ${xls}`;
    this.#report.add('profile-libvirt', `'${key}': libvirt reads ${text} as ${libvirts}, ${other}`, span);
  }

  /**
   * The texts of a list. xl stops reading a list at the first item that is itself a list (xlu_cfg_get_listitem
   * returns nothing), and so does this.
   */
  list(key: string): readonly XlAtom[] | undefined {
    const value = this.#takeAs('list', key);
    return value?.kind === 'list' ? this.#atoms(key, value) : undefined;
  }

  /** A list whose items can be lists; empty if the setting is absent or not a list. */
  items(key: string): readonly XlValue[] {
    const value = this.#takeAs('list', key);
    return value?.kind === 'list' ? value.items : [];
  }

  /** A setting that can be one text or a list of them. */
  stringOrList(key: string): readonly XlAtom[] | undefined {
    const setting = this.#take(key);
    if (!setting) return undefined;
    return setting.value.kind === 'atom' ? [setting.value] : this.#atoms(key, setting.value);
  }

  /** Marks a setting as unread again. */
  leave(key: string): void {
    this.#read.delete(key);
  }

  /** The settings that were not read, in the order of the file. */
  get unread(): readonly XlSetting[] {
    return [...this.#settings.values()]
      .filter(({ key }) => !this.#read.has(key))
      .sort((a, b) => a.keySpan.start - b.keySpan.start);
  }

  #take(key: string): XlSetting | undefined {
    const setting = this.#settings.get(key);
    if (setting) this.#read.add(key);
    return setting;
  }

  /** The value, if it has the type that xl requires; for another type, xl prints a warning and continues without it. */
  #takeAs(kind: XlKind, key: string): XlValue | undefined {
    const setting = this.#take(key);
    if (!setting) return undefined;
    const { value, added } = setting;
    const isLibvirts = this.#isLibvirts && kind === 'whole number' && value.kind === 'atom';
    if (isLibvirts && libvirtsInteger(value.text) !== undefined) return value;
    const problem = kindProblem(kind, value.kind === 'atom' ? value.text : undefined, added);
    if (problem === undefined) return value;
    if (this.#isStrict(key)) this.#report.add('value-invalid', `xl rejects '${key}': ${problem}`, value.span);
    else this.#ignored(`xl ignores '${key}': ${problem}`, value.span);
    return undefined;
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

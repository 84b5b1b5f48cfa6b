import { quoted } from '../text/controls.js';

/** A name and its value in one of QEMU's option strings. */
export type QemuSetting = readonly [name: string, value: string | number | boolean];

/**
 * Writes `FIRST,NAME=VALUE,...`. A comma in a value is doubled; nothing else has to be escaped, because a value
 * extends to the next single comma (util/qemu-option.c: get_opt_value).
 *
 * @param first the value of the setting whose name can be omitted, or undefined
 * @throws RangeError for a text that cannot be on a command line
 */
export function qemuOption(first: string | undefined, settings: readonly QemuSetting[]): string {
  const written = settings.map(([name, value]) => `${name}=${escapeValue(value)}`);
  return [...(first === undefined ? [] : [escapeValue(first)]), ...written].join(',');
}

/** One of QEMU's option strings, as QEMU reads it. */
export interface QemuOption {
  /** The value of the setting whose name was omitted. */
  readonly first?: string;
  readonly settings: ReadonlyMap<string, string>;
}

/**
 * Reads an option string (util/qemu-option.c: opts_do_parse): of two equal names the last counts, and a name without
 * a value is `on`, or `off` after `no`.
 */
export function parseQemuOption(text: string): QemuOption {
  const settings = new Map<string, string>();
  let first: string | undefined;
  for (const [place, part] of splitAtSingleCommas(text).entries()) {
    const equals = part.indexOf('=');
    if (equals >= 0) settings.set(part.slice(0, equals), part.slice(equals + 1));
    else if (place === 0) first = part;
    else if (part.startsWith('no')) settings.set(part.slice(2), 'off');
    else settings.set(part, 'on');
  }
  return { settings, ...(first !== undefined && { first }) };
}

/** The settings, with their doubled commas restored to single ones. A name contains no comma. */
function splitAtSingleCommas(text: string): readonly string[] {
  const parts: string[] = [];
  let part = '';
  for (const [piece] of text.matchAll(/,,|,|[^,]+/g)) {
    if (piece !== ',') part += piece === ',,' ? ',' : piece;
    else {
      parts.push(part);
      part = '';
    }
  }
  return [...parts, part];
}

function escapeValue(value: QemuSetting[1]): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return argument(String(value)).replaceAll(',', ',,');
}

/**
 * Returns a text that can be an argument of a program, unchanged.
 * @throws RangeError for a NUL, which would end it, and for an unpaired surrogate, which is not valid UTF-8
 */
export function argument(text: string): string {
  if (!/[\0\p{Surrogate}]/u.test(text)) return text;
  throw new RangeError(`${quoted(text)} contains a character that is not valid in a command-line argument`);
}

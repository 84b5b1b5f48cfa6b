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
  throw new RangeError(
    `${JSON.stringify(text)} contains a character that is not valid in a command-line argument`,
  );
}

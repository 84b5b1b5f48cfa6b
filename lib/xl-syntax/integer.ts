/** Nearly every number. */
const decimal = /^[1-9][0-9]*$/;

/** C's strtol with base 0, without trailing characters. */
export function parseInteger(text: string): number | undefined {
  if (decimal.test(text)) return Number(text);
  const match = /^[ \t\n\v\f\r]*([-+]?)(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*))$/.exec(text);
  if (!match) return undefined;
  const [, sign, hexadecimal, octal, digits] = match;
  const size =
    hexadecimal !== undefined
      ? Number.parseInt(hexadecimal, 16)
      : octal !== undefined
        ? Number.parseInt(octal, 8)
        : Number.parseInt(digits ?? '', 10);
  return sign === '-' ? 0 - size : size;
}

import fc from 'fast-check';

const letters = 'abcdefghijklmnopqrstuvwxyz';
const one = (characters: string): fc.Arbitrary<string> => fc.constantFrom(...characters);

/** A text with a first character of one kind, and others of another kind. */
export const textOf = (first: string, others: string, maximum: number): fc.Arbitrary<string> =>
  fc
    .tuple(one(first), fc.string({ unit: one(others), maxLength: maximum - 1 }))
    .map(([head, tail]) => head + tail);

/** A word that every syntax allows. */
export const plainWord = textOf(letters, `${letters}0123456789_.-`, 11);
export const plainPath = fc
  .array(textOf(`${letters}0123456789`, `${letters}ABC0123456789_.-`, 9), { minLength: 1, maxLength: 3 })
  .map((steps) => `/${steps.join('/')}`);

/** What is special in a syntax that a text passes through: xl.cfg, its device strings, XML, QEMU, a shell. */
export const hostilePieces = [
  '"',
  "'",
  '"""',
  '"]\nfoo=1\n',
  "']\nfoo=1\n",
  '\\',
  '\\"',
  '\\n',
  '\n',
  '\r',
  '\r\n',
  '\t',
  '\v',
  '#',
  ' #',
  ';',
  ',',
  ',path=/etc/shadow',
  ',target=/etc/shadow',
  ',script=/tmp/evil',
  ',bridge=evil',
  ',server,nowait',
  '=',
  '==',
  ' ',
  '  ',
  '[',
  ']',
  ' ]',
  ':',
  '::1',
  ':5',
  '@',
  '%s',
  '$(reboot)',
  '`',
  '&',
  '&lt;',
  '&amp;',
  '&#10;',
  '<',
  '>',
  ']]>',
  '-->',
  '<!--',
  '<?x "?>',
  "'/><evil/>",
  '__proto__',
  '\u00a0',
  '\u0085',
  '\u2028',
  '\ufeff',
  '\u{1f600}',
  'é',
] as const;

/** Characters that are not valid in XML or in C strings. */
const unspeakable = ['\0', '\x01', '\x07', '\x1b', '\x7f', '\ufffe', '\uffff', '\ud800', '\udc00'] as const;

const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...hostilePieces) },
  { weight: 1, arbitrary: fc.constantFrom(...unspeakable) },
  { weight: 3, arbitrary: plainWord },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }) },
);

/** Any text, more often a hostile one; never empty. */
export const wildText = fc.oneof(
  { weight: 2, arbitrary: plainWord },
  { weight: 5, arbitrary: fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1 }) },
);

/** Paths of about 107 bytes, the limit for a Unix socket, with characters of one to four bytes. */
const boundaryPath = fc
  .tuple(fc.constantFrom(106, 107, 108, 109), fc.constantFrom('x', 'é', '中', '\u{1f600}'))
  .map(([bytes, character]) => pathOfBytes(bytes, character));

/** An absolute path with this number of bytes. */
export function pathOfBytes(bytes: number, character: string): string {
  const width = Buffer.byteLength(character);
  const count = Math.floor((bytes - 1) / width);
  return `/${'x'.repeat(bytes - 1 - count * width)}${character.repeat(count)}`;
}

/** Never empty: a missing path is absent. */
export const wildPath = fc.oneof(
  { weight: 3, arbitrary: plainPath },
  { weight: 2, arbitrary: boundaryPath },
  { weight: 3, arbitrary: wildText.map((text) => `/${text}`) },
  { weight: 1, arbitrary: wildText },
);

/** The texts of a generated domain. */
export interface Texts {
  readonly word: fc.Arbitrary<string>;
  readonly path: fc.Arbitrary<string>;
}
export const plainTexts: Texts = { word: plainWord, path: plainPath };
export const wildTexts: Texts = { word: wildText, path: wildPath };

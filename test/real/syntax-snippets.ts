/**
 * Pieces of xl.cfg syntax. Each sets `extra` (a text), `device_model_args` (a list) or `maxmem` (a number), and is
 * compared with the real xl. The expected value is listed, too, so that a snippet that sets nothing by accident fails.
 */
export type Snippet = readonly [
  it: string,
  cfg: string,
  /** `refused`: xl rejects the snippet. */
  expected: string | readonly string[] | number,
];

const refused = 'refused';
/** xl prints a warning and uses libxl's default. */
const ignored = 32;

const texts: readonly Snippet[] = [
  ['double quotes', 'extra = "a b"', 'a b'],
  ['single quotes', "extra = 'a b'", 'a b'],
  ['the other quote inside', `extra = "it's"`, "it's"],
  ['a quote with a backslash', String.raw`extra = "a\"b"`, 'a"b'],
  ['a single quote with a backslash', String.raw`extra = 'a\'b'`, "a'b"],
  ['a backslash', String.raw`extra = "a\\b"`, 'a\\b'],
  ['escapes for blanks', String.raw`extra = "a\tb\nc\rd"`, 'a\tb\nc\rd'],
  ['escapes for rare characters', String.raw`extra = "\a\b\f\v."`, '\x07\b\f\v.'],
  ['an escape in single quotes', String.raw`extra = 'a\tb'`, 'a\tb'],
  ['an escape of no character', String.raw`extra = "a\qb"`, refused],
  ['a hexadecimal escape', String.raw`extra = "a\x41b"`, refused],
  ['a backslash at the end', String.raw`extra = "a\"`, refused],
  ['text in UTF-8', 'extra = "äöü €"', 'äöü €'],
  ['# in quotes', 'extra = "a # b"', 'a # b'],
  ['; in quotes', 'extra = "a; b"', 'a; b'],
  ['a number as a text', 'extra = 12', '12'],
  ['a hexadecimal number as a text', 'extra = 0x1f', '0x1f'],
  ['an odd number as a text', 'extra = 1x2f', '1x2f'],
  ['a tab in quotes', 'extra = "a\tb"', 'a\tb'],
  ['an empty text', 'extra = ""', ''],
  ['a word without quotes', 'extra = abc', refused],
  ['two texts in a row', 'extra = "a" "b"', refused],
  ['no value', 'extra =', refused],
  ['no =', 'extra "a"', refused],
  ['quotes left open', 'extra = "a', refused],
  ['quotes over two lines', 'extra = "a\nb"', refused],
  ['a fraction', 'extra = 1.5', refused],
  ['a capital hexadecimal digit', 'extra = 0x1F', refused],
];

const statements: readonly Snippet[] = [
  ['; between settings', 'extra = "a"; root = "b"', 'root=b a'],
  ['; at the end', 'extra = "a";', 'a'],
  ['; alone', ';\n;;\nextra = "a"', 'a'],
  ['no blanks', 'extra="a"', 'a'],
  ['blanks everywhere', ' \t extra \t = \t "a" \t ', 'a'],
  ['a comment after a value', 'extra = "a" # b', 'a'],
  ['a comment right after a value', 'extra = "a"#b', 'a'],
  ['a comment in a line of its own', '# b\n  # c\nextra = "a"', 'a'],
  ['an empty comment', '#\nextra = "a"', 'a'],
  ['a comment after ;', 'extra = "a"; # b', 'a'],
  ['a key that comes twice', 'extra = "a"\nextra = "b"', 'b'],
  ['a key with = after +=', 'extra += "a"\nextra = "b"', 'b'],
  ['+= to a text', 'extra = "a"\nextra += "b"', 'ab'],
  ['+= to nothing', 'extra += "a"', 'a'],
  ['+= of a list to a text', 'extra = "a"\nextra += [ "b" ]', refused],
  ['a line break before =', 'extra\n= "a"', refused],
  ['a line break after =', 'extra =\n"a"', refused],
  ['two settings in a line', 'extra = "a" root = "b"', refused],
  ['a key with a capital', 'Extra = "a"', refused],
  ['a key that begins with _', '_extra = "a"', refused],
  ['a key with -', 'ex-tra = "a"', refused],
  ['a key with a dot and digits', 'x.9_y = 1\nextra = "a"', 'a'],
  ['a stray character', 'extra = "a"\n!', refused],
];

const lists: readonly Snippet[] = [
  ['a list', 'device_model_args = [ "a", "b" ]', ['a', 'b']],
  ['a comma at the end', 'device_model_args = [ "a", "b", ]', ['a', 'b']],
  ['no blanks in a list', 'device_model_args=["a","b"]', ['a', 'b']],
  ['a list of numbers', 'device_model_args = [ 1, 0x2, 010 ]', ['1', '0x2', '010']],
  ['a list over lines', 'device_model_args = [\n\n"a",\n\n"b"\n\n]', ['a', 'b']],
  ['comments in a list', 'device_model_args = [ # x\n"a", # y\n# z\n"b" # w\n]', ['a', 'b']],
  ['# in a text in a list', 'device_model_args = [ "a#b" ]', ['a#b']],
  ['an empty list', 'device_model_args = [ ]', []],
  ['a list of an empty text', 'device_model_args = [ "a", "", "b" ]', ['a', '', 'b']],
  ['+= of a list', 'device_model_args = [ "a" ]\ndevice_model_args += [ "b", "c" ]', ['a', 'b', 'c']],
  ['+= of a list to nothing', 'device_model_args += [ "a" ]', ['a']],
  ['+= of a text to a list', 'device_model_args = [ "a" ]\ndevice_model_args += "b"', refused],
  ['a list that comes twice', 'device_model_args = [ "a" ]\ndevice_model_args = [ "b" ]', ['b']],
  ['a list in place of a text', 'extra = "a"\nextra = [ "b" ]\ndevice_model_args = [ "c" ]', ['c']],
  ['a list for another key', 'x = [ [ "a", [ "b" ] ], "c" ]\nextra = "d"', 'd'],
  ['a comma alone', 'device_model_args = [ , ]', refused],
  ['two commas', 'device_model_args = [ "a",, "b" ]', refused],
  ['no comma', 'device_model_args = [ "a" "b" ]', refused],
  ['a comma at the front', 'device_model_args = [ , "a" ]', refused],
  ['; in a list', 'device_model_args = [ "a"; "b" ]', refused],
  ['a list left open', 'device_model_args = [ "a"', refused],
  ['a list closed twice', 'device_model_args = [ "a" ] ]', refused],
  ['a word in a list', 'device_model_args = [ a ]', refused],
  ['a line break before a comma', 'device_model_args = [ "a"\n, "b" ]', ['a', 'b']],
];

const numbers: readonly Snippet[] = [
  ['a number', 'maxmem = 100', 100],
  ['a number in quotes', 'maxmem = "100"', 100],
  ['a hexadecimal number', 'maxmem = 0x64', 100],
  ['a hexadecimal number in quotes', 'maxmem = "0x64"', 100],
  ['capital digits in quotes', 'maxmem = "0X6F"', 111],
  ['an octal number', 'maxmem = 0144', 100],
  ['an octal number in quotes', "maxmem = '0144'", 100],
  ['a blank before a number in quotes', 'maxmem = " 100"', 100],
  ['a plus in quotes', 'maxmem = "+100"', 100],
  ['the last of two numbers', 'maxmem = 200\nmaxmem = 100', 100],
  ['a number over a text', 'maxmem = "x"\nmaxmem = 100', 100],
  ['a blank after a number in quotes', 'maxmem = "100 "', ignored],
  ['a letter after a number', 'maxmem = "100k"', ignored],
  ['a digit that is not octal', 'maxmem = 018', ignored],
  ['0x alone', 'maxmem = 0x', ignored],
  ['a number put together by +=', 'maxmem = "1"\nmaxmem += "2"', ignored],
  ['a number after += to nothing', 'maxmem += 100', ignored],
  ['a list in place of a number', 'maxmem = [ 100 ]', ignored],
  ['a sign without quotes', 'maxmem = +100', refused],
  ['a minus without quotes', 'maxmem = -100', refused],
];

export const snippets: Readonly<Record<string, readonly Snippet[]>> = { texts, statements, lists, numbers };

import type { Report } from '../diagnostics/diagnostic.js';

/** The escapes that xl decodes (libxlu_cfg.c: xlu__cfgl_dequote). */
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '\\': '\\',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/**
 * Decodes a quoted string as xl does. Numeric escapes are errors: xl's own code for them drops the character
 * (`"\101b"` is read as `b`, `"\x41"` is rejected).
 *
 * @param at the position of the string in the source
 */
export function unescape(
  quoted: string,
  at: number,
  report: Report,
): { readonly text: string; readonly offsets?: readonly number[] } {
  const raw = quoted.slice(1, -1);
  if (!raw.includes('\\')) return { text: raw };
  let text = '';
  const offsets: number[] = [];
  for (let i = 0; i < raw.length; i++) {
    offsets.push(at + 1 + i);
    let character = raw[i] ?? '';
    if (character === '\\') {
      i += 1;
      const name = raw[i] ?? '';
      const decoded = escapes[name];
      if (decoded === undefined) {
        const start = at + i;
        const why = /[0-7x]/.test(name)
          ? 'xl cannot decode numeric escapes'
          : 'xl does not support this escape';
        report.add('xl-syntax', `\\${name}: ${why}`, { start, end: start + 2 }, 'write \\\\ for a backslash');
      }
      character = decoded ?? '';
    }
    text += character;
    if (character === '') offsets.pop();
  }
  return { text, offsets };
}

/** How a text can be written in an xl.cfg. */
export type Quoting =
  /** xl and libvirt read it back the same. */
  | { readonly kind: 'plain'; readonly source: string }
  /** Requires xl's escapes; libvirt would read the backslashes literally. */
  | { readonly kind: 'escaped'; readonly source: string }
  /** Impossible. */
  | { readonly kind: 'impossible'; readonly reason: string };

/** Nearly every text: ASCII without quotes, backslashes and control characters. */
const harmless = /^[ !#-&(-[\]-~]*$/;

const escapeOf = new Map(Object.entries(escapes).map(([name, character]) => [character, `\\${name}`]));

/**
 * Quotes a text: with `"` as libvirt's writer does, with `'` if it contains a `"`, with xl's escapes if neither is
 * sufficient. A character that xl has no escape for is not changed if its lexer accepts it unescaped; NUL ends
 * every string in C and is impossible.
 */
export function quote(text: string): Quoting {
  if (harmless.test(text)) return { kind: 'plain', source: `"${text}"` };
  if (text.includes('\0')) return { kind: 'impossible', reason: 'it contains a NUL character' };
  if (/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text)) {
    return { kind: 'impossible', reason: 'it contains half a character (a lone surrogate)' };
  }
  const [hasDouble, hasSingle] = [text.includes('"'), text.includes("'")];
  if (!/[\\\n\r]/.test(text) && !(hasDouble && hasSingle)) {
    const mark = hasDouble ? "'" : '"';
    return { kind: 'plain', source: mark + text + mark };
  }
  const mark = hasDouble && !hasSingle ? "'" : '"';
  const needsEscape = mark === '"' ? /[\\\n\r"]/g : /[\\\n\r']/g;
  const source = text.replace(needsEscape, (character) => escapeOf.get(character) ?? character);
  return { kind: 'escaped', source: mark + source + mark };
}

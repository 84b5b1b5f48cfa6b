import type { Report } from '../../diagnostics/diagnostic.js';
import type { Span } from '../../diagnostics/span.js';
import { unescape } from './strings.js';

/** The tokens of xl.cfg, named as in Xen's libxlu_cfg_y.y. */
export type XlToken = { readonly span: Span } & (
  | { readonly kind: 'ident' | 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string; readonly offsets?: readonly number[] }
  | { readonly kind: 'newline'; readonly comment?: string }
  | { readonly kind: '=' | '+=' | ',' | '[' | ']' | ';' | 'error' | 'end' }
);

/*
 * The patterns of libxlu_cfg_l.l, longest match first. Beyond them stand the forms that only
 * libvirt's reader takes; they are read, and reported as what xl refuses: a carriage return
 * before the newline, a last line that is a comment without a newline, a sign before a
 * number, and """text""" over several lines.
 */
const token =
  /(?<blank>[ \t]+)|(?<newline>\r?\n)|#(?<comment>[^\n]*)(?:\n|$)|(?<ident>[a-z][._0-9a-z]*)|(?<number>[-+]?[0-9][0-9a-fx]*)|"""(?<triple>[\s\S]*?)"""|(?<string>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")|(?<operator>\+=|[=,;[\]])/y;

/** Cuts an xl.cfg into tokens; the last one is `end`. What is no token is reported and comes as `error`. */
export function* tokenize(source: string, report: Report): Generator<XlToken, void> {
  let warnedOfReturns = false;
  let offset = 0;
  while (offset < source.length) {
    token.lastIndex = offset;
    const match = token.exec(source);
    const start = offset;
    const groups = match?.groups;
    if (!match || !groups) {
      offset = skipGarbage(source, start);
      const span = { start, end: offset };
      report.add('xl-syntax', describeGarbage(source.slice(start, offset)), span, hintFor(source[start]));
      yield { kind: 'error', span };
      continue;
    }
    offset += match[0].length;
    const span = { start, end: offset };
    if (groups['blank'] !== undefined) continue;
    if (!warnedOfReturns && groups['newline'] === '\r\n') {
      warnedOfReturns = true;
      report.add('xl-only-libvirt-reads', 'the lines end in CR LF, which xl refuses', {
        start: source.indexOf('\r', start),
        end: source.indexOf('\r', start) + 1,
      });
    }
    if (groups['newline'] !== undefined) yield { kind: 'newline', span };
    else if (groups['comment'] !== undefined) {
      if (!match[0].endsWith('\n')) {
        report.add(
          'xl-only-libvirt-reads',
          'xl refuses a comment on the last line without a newline after it',
          span,
        );
      }
      yield { kind: 'newline', comment: groups['comment'].replace(/\r$/, ''), span };
    } else if (groups['ident'] !== undefined) yield { kind: 'ident', text: match[0], span };
    else if (groups['number'] !== undefined) {
      if (/^[-+]/.test(match[0])) {
        report.add(
          'xl-only-libvirt-reads',
          `xl refuses a sign before a number: ${match[0]}`,
          span,
          'put it in quotes',
        );
      }
      yield { kind: 'number', text: match[0].replace(/^\+/, ''), span };
    } else if (groups['triple'] !== undefined) {
      report.add('xl-only-libvirt-reads', 'xl does not know strings in triple quotes', span);
      const text = groups['triple'];
      yield { kind: 'string', text, span, offsets: Array.from(text, (_, i) => start + 3 + i) };
    } else if (groups['string'] !== undefined) {
      yield { kind: 'string', ...unescape(source, span, report), span };
    } else yield { kind: match[0] as '=', span };
  }
  yield { kind: 'end', span: { start: source.length, end: source.length } };
}

/** Past a stretch that is no token: an unclosed string goes to the end of its line, other text to the next blank. */
function skipGarbage(source: string, start: number): number {
  const quote = source[start] === '"' || source[start] === "'";
  const rest = quote ? /[^\n]*/y : /[^\s=,;[\]"'#]+|[^]/y;
  rest.lastIndex = start;
  return start + (rest.exec(source)?.[0].length ?? 1);
}

function describeGarbage(text: string): string {
  if (text.startsWith('"') || text.startsWith("'")) return 'this string is not closed on its line';
  return `'${text}' has no place in an xl.cfg`;
}

function hintFor(first: string | undefined): string | undefined {
  if (first === '<') return 'this looks like XML: give --from libvirt';
  if (first !== undefined && '()+-.:'.includes(first))
    return 'xl.cfg is not Python: only numbers, strings and lists are values';
  if (first !== undefined && /[A-Z_]/.test(first))
    return 'names of settings begin with a lower-case letter and have no capitals';
  if (first === '"' || first === "'")
    return 'close the string before the end of the line; a line break inside is written \\n';
  return undefined;
}

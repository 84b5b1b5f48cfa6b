import type { Advice, Report } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import { unescape } from './strings.js';

/** The tokens of xl.cfg, named as in Xen's libxlu_cfg_y.y. Each is its own span. */
export type XlToken = Span &
  (
    | { readonly kind: 'ident' | 'number'; readonly text: string }
    | {
        readonly kind: 'string';
        readonly text: string;
        readonly offsets: readonly number[] | undefined;
      }
    | { readonly kind: 'newline'; readonly comment?: string }
    | { readonly kind: '=' | '+=' | ',' | '[' | ']' | ';' | 'error' | 'end' }
  );

/*
 * The patterns of libxlu_cfg_l.l, and the forms that only libvirt's reader accepts; these are read, and reported
 * because xl rejects them: a carriage return before the newline, a last line that is a comment without a newline, a
 * sign before a number, and """text""" over several lines. Of those that begin with a character, the first that
 * matches applies.
 */
const patterns = [
  { kind: 'newline', first: /[\r\n]/, whole: /\r?\n/y },
  { kind: 'comment', first: /#/, whole: /#[^\n]*(?:\n|$)/y },
  { kind: 'ident', first: /[a-z]/, whole: /[a-z][._0-9a-z]*/y },
  { kind: 'operator', first: /[+=,;[\]]/, whole: /\+=|[=,;[\]]/y },
  { kind: 'number', first: /[-+0-9]/, whole: /[-+]?[0-9][0-9a-fx]*/y },
  { kind: 'triple', first: /"/, whole: /"""[^]*?"""/y },
  { kind: 'string', first: /['"]/, whole: /'[^'\\\n]*(?:\\.[^'\\\n]*)*'|"[^"\\\n]*(?:\\.[^"\\\n]*)*"/y },
] as const;

type Pattern = (typeof patterns)[number];

/** The patterns by the code of the first character, all of which are ASCII. Filled when one is first met. */
const patternsByCode: (readonly Pattern[])[] = [];

const noPatterns: readonly Pattern[] = [];

function patternsOf(code: number): readonly Pattern[] {
  // Not a number: at the end of the text.
  if (!(code < 128)) return noPatterns;
  return (patternsByCode[code] ??= patterns.filter(({ first }) => first.test(String.fromCharCode(code))));
}

/** Splits an xl.cfg into tokens. An invalid token is reported and returned as `error`. */
export class Lexer {
  readonly #source: string;
  readonly #report: Report;
  #offset = 0;
  #warnedOfReturns = false;

  constructor(source: string, report: Report) {
    this.#source = source;
    this.#report = report;
  }

  /** The next token; at the end of the source always `end`. */
  next(): XlToken {
    const start = this.#afterBlanks();
    for (const { kind, whole } of patternsOf(this.#source.charCodeAt(start))) {
      whole.lastIndex = start;
      if (!whole.test(this.#source)) continue;
      this.#offset = whole.lastIndex;
      return this.#token(kind, start, whole.lastIndex);
    }
    return this.#noToken(start);
  }

  #token(kind: Pattern['kind'], start: number, end: number): XlToken {
    const text = this.#source.slice(start, end);
    switch (kind) {
      case 'newline':
        if (text === '\r\n') this.#warnOfReturn(start);
        return { kind, start, end };
      case 'comment':
        if (!text.endsWith('\n')) {
          this.#lenient('xl rejects a comment on the last line without a newline after it', { start, end });
        }
        return { kind: 'newline', comment: text.slice(1).replace(/\r?\n?$/, ''), start, end };
      case 'ident':
        return { kind, text, start, end };
      case 'number':
        if (text.startsWith('-') || text.startsWith('+')) {
          this.#lenient(`xl rejects a sign before a number: ${text}`, { start, end }, 'put it in quotes');
        }
        return { kind, text: text.startsWith('+') ? text.slice(1) : text, start, end };
      case 'triple': {
        this.#lenient('xl does not support strings in triple quotes', { start, end });
        const inside = text.slice(3, -3);
        return {
          kind: 'string',
          text: inside,
          start,
          end,
          offsets: Array.from({ length: inside.length }, (_, i) => start + 3 + i),
        };
      }
      case 'string': {
        const { text: decoded, offsets } = unescape(text, start, this.#report);
        return { kind, text: decoded, offsets, start, end };
      }
      case 'operator':
        return { kind: text as '=', start, end };
    }
  }

  #warnOfReturn(start: number): void {
    if (this.#warnedOfReturns) return;
    this.#warnedOfReturns = true;
    this.#lenient('the lines end in CR LF, which xl rejects', { start, end: start + 1 });
  }

  #lenient(message: string, span: Span, hint?: string): void {
    this.#report.add('xl-nonstandard-syntax', message, span, hint);
  }

  /** The end; or what is no token: an unclosed string goes to the end of its line, other text to the next blank or operator. */
  #noToken(start: number): XlToken {
    const first = this.#source[start];
    if (first === undefined) return { kind: 'end', start, end: start };
    const isString = first === '"' || first === "'";
    const rest = isString ? /[^\n]*/y : /[^\s=,;[\]"'#]+|[^]/y;
    rest.lastIndex = start;
    const text = rest.exec(this.#source)?.[0] ?? first;
    this.#offset = start + text.length;
    const span = { start, end: this.#offset };
    const what = isString ? 'this string is not closed on its line' : `'${text}' is not valid in an xl.cfg`;
    this.#report.add('xl-syntax', what, span, hintFor(first));
    return { kind: 'error', ...span };
  }

  #afterBlanks(): number {
    let offset = this.#offset;
    while (this.#source[offset] === ' ' || this.#source[offset] === '\t') offset += 1;
    return offset;
  }
}

function hintFor(first: string): string | Advice | undefined {
  if (first === '<') {
    return {
      hint: 'this looks like XML; specify the input format',
      remedy: { option: 'from', value: 'libvirt' },
    };
  }
  if ('()+-.:'.includes(first)) return 'xl.cfg is not Python: only numbers, strings and lists are values';
  if (/[A-Z_]/.test(first)) return 'names of settings begin with a lower-case letter and have no capitals';
  if (first === '"' || first === "'") {
    return 'close the string before the end of the line; a line break inside is written \\n';
  }
  return undefined;
}

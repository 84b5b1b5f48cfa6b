import type { Advice, Report } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import { unescape } from './strings.js';

/** The tokens of xl.cfg, named as in Xen's libxlu_cfg_y.y. */
export type XlToken = { readonly span: Span } & (
  | { readonly kind: 'ident' | 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string; readonly offsets?: readonly number[] }
  | { readonly kind: 'newline'; readonly comment?: string }
  | { readonly kind: '=' | '+=' | ',' | '[' | ']' | ';' | 'error' | 'end' }
);

/*
 * The patterns of libxlu_cfg_l.l, and the forms that only libvirt's reader accepts; these are read, and reported
 * because xl rejects them: a carriage return before the newline, a last line that is a comment without a newline, a
 * sign before a number, and """text""" over several lines.
 */
const patterns = {
  newline: /\r?\n/,
  comment: /#[^\n]*(?:\n|$)/,
  ident: /[a-z][._0-9a-z]*/,
  operator: /\+=|[=,;[\]]/,
  number: /[-+]?[0-9][0-9a-fx]*/,
  triple: /"""[^]*?"""/,
  string: /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/,
} as const;

type Pattern = keyof typeof patterns;

const kinds = Object.keys(patterns) as Pattern[];

/** A token after blanks: a group for each pattern, the first that matches applies. */
const token = new RegExp(`[ \\t]*(?:${kinds.map((kind) => `(${patterns[kind].source})`).join('|')})`, 'y');

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
    token.lastIndex = this.#offset;
    const [, ...groups]: (string | undefined)[] = token.exec(this.#source) ?? [];
    const which = groups.findIndex((group) => group !== undefined);
    const [kind, text] = [kinds[which], groups[which]];
    if (kind === undefined || text === undefined) return this.#noToken();
    this.#offset = token.lastIndex;
    return this.#token(kind, text, { start: this.#offset - text.length, end: this.#offset });
  }

  #token(kind: Pattern, text: string, span: Span): XlToken {
    switch (kind) {
      case 'newline':
        if (text === '\r\n') this.#warnOfReturn(span);
        return { kind, span };
      case 'comment':
        if (!text.endsWith('\n')) {
          this.#lenient('xl rejects a comment on the last line without a newline after it', span);
        }
        return { kind: 'newline', comment: text.slice(1).replace(/\r?\n?$/, ''), span };
      case 'ident':
        return { kind, text, span };
      case 'number':
        if (text.startsWith('-') || text.startsWith('+')) {
          this.#lenient(`xl rejects a sign before a number: ${text}`, span, 'put it in quotes');
        }
        return { kind, text: text.replace(/^\+/, ''), span };
      case 'triple': {
        this.#lenient('xl does not support strings in triple quotes', span);
        const inside = text.slice(3, -3);
        return {
          kind: 'string',
          text: inside,
          span,
          offsets: Array.from({ length: inside.length }, (_, i) => span.start + 3 + i),
        };
      }
      case 'string':
        return { kind, ...unescape(this.#source, span, this.#report), span };
      case 'operator':
        return { kind: text as '=', span };
    }
  }

  #warnOfReturn({ start }: Span): void {
    if (this.#warnedOfReturns) return;
    this.#warnedOfReturns = true;
    this.#lenient('the lines end in CR LF, which xl rejects', { start, end: start + 1 });
  }

  #lenient(message: string, span: Span, hint?: string): void {
    this.#report.add('xl-nonstandard-syntax', message, span, hint);
  }

  /** The end; or what is no token: an unclosed string goes to the end of its line, other text to the next blank or operator. */
  #noToken(): XlToken {
    const start = this.#afterBlanks();
    const first = this.#source[start];
    if (first === undefined) return { kind: 'end', span: { start, end: start } };
    const isString = first === '"' || first === "'";
    const rest = isString ? /[^\n]*/y : /[^\s=,;[\]"'#]+|[^]/y;
    rest.lastIndex = start;
    const text = rest.exec(this.#source)?.[0] ?? first;
    this.#offset = start + text.length;
    const span = { start, end: this.#offset };
    const what = isString ? 'this string is not closed on its line' : `'${text}' is not valid in an xl.cfg`;
    this.#report.add('xl-syntax', what, span, hintFor(first));
    return { kind: 'error', span };
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

import type { Code } from '../../diagnostics/codes.js';

/** An error in a piece of markup, with its position. */
export interface MarkupProblem {
  readonly code: Code;
  readonly problem: string;
  readonly start: number;
  readonly end: number;
  readonly hint?: string;
}

/**
 * Checks each comment, CDATA section, processing instruction and declaration: fast-xml-parser does not report most
 * of their errors, or throws without a position.
 *
 * @returns the text to parse, of the same length. In it, a processing instruction with a quote is replaced by a
 *   comment, because the parser would treat the quote as one of an attribute.
 */
export function checkMarkup(text: string): { readonly text: string } | MarkupProblem {
  const pieces: string[] = [];
  let copied = 0;
  let offset = text.search(/<[!?]/);
  while (offset >= 0) {
    const close = text.startsWith('<!--', offset)
      ? '-->'
      : text.startsWith('<![CDATA[', offset)
        ? ']]>'
        : text.startsWith('<?', offset)
          ? '?>'
          : undefined;
    if (close === undefined) return declarationProblem(text, offset);
    const opening = close === '-->' ? 4 : close === ']]>' ? 9 : 2;
    const end = text.indexOf(close, offset + opening);
    if (end < 0) {
      const what = close === '-->' ? 'comment' : close === ']]>' ? 'CDATA section' : 'processing instruction';
      return {
        code: 'xml-syntax',
        problem: `this ${what} is not closed`,
        start: offset,
        end: offset + opening,
      };
    }
    const body = text.slice(offset + opening, end);
    const dashes = close === '-->' ? `${body}-`.indexOf('--') : -1;
    if (dashes >= 0) {
      const start = offset + opening + dashes;
      return { code: 'xml-syntax', problem: "'--' inside a comment", start, end: start + 2 };
    }
    if (close === '?>') {
      const problem = instructionProblem(body, offset);
      if (problem !== undefined) return { code: 'xml-syntax', problem, start: offset, end: end + 2 };
    }
    if (close === '?>' && /["']/.test(body) && !/^xml\s/.test(body)) {
      pieces.push(text.slice(copied, offset), '<!--', '.'.repeat(end + 2 - offset - 7), '-->');
      copied = end + 2;
    }
    const next = /<[!?]/g;
    next.lastIndex = end + close.length;
    offset = next.exec(text)?.index ?? -1;
  }
  return { text: pieces.length === 0 ? text : pieces.join('') + text.slice(copied) };
}

function instructionProblem(body: string, offset: number): string | undefined {
  const name = /^[:A-Z_a-z\u0080-\uffff][-.:\w\u0080-\uffff]*(?=\s|$)/.exec(body)?.[0];
  if (name === undefined) return 'this processing instruction has no name';
  if (name.toLowerCase() !== 'xml') return undefined;
  return name === 'xml' && offset === 0 ? undefined : 'the XML declaration belongs at the very beginning';
}

function declarationProblem(text: string, offset: number): MarkupProblem {
  if (!text.startsWith('<!DOCTYPE', offset)) {
    return { code: 'xml-syntax', problem: 'not a comment, not CDATA', start: offset, end: offset + 2 };
  }
  const problem = 'DOCTYPE rejected: domain XML has none, and it could define entities';
  return { code: 'xml-doctype', problem, start: offset, end: offset + 9, hint: 'remove it' };
}

/** The offset of the first character outside the root that is not blank, nor in a comment or processing instruction. */
export function findOutside(text: string, rootStart: number, rootEnd: number): number | undefined {
  const allowed = /\s+|<!--[^]*?-->|<\?[^]*?\?>/y;
  for (const [from, to] of [
    [0, rootStart],
    [rootEnd, text.length],
  ] as const) {
    allowed.lastIndex = from;
    let reached = from;
    while (reached < to && allowed.test(text)) reached = allowed.lastIndex;
    if (reached < to) return reached;
  }
  return undefined;
}

/** The offset of the first element that is nested deeper than `limit`; the text must be well-formed. */
export function findDeepElement(text: string, limit: number): number | undefined {
  const tags = /<!--[^]*?-->|<!\[CDATA\[[^]*?\]\]>|<\?[^]*?\?>|<(\/?)(?:[^>"']|"[^"]*"|'[^']*')*?(\/?)>/g;
  let depth = 0;
  for (const match of text.matchAll(tags)) {
    if (match[1] === undefined) continue;
    if (match[1] === '/') depth -= 1;
    else if (match[2] !== '/') depth += 1;
    if (depth > limit) return match.index;
  }
  return undefined;
}

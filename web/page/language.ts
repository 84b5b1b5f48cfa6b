import { xml } from '@codemirror/lang-xml';
import { StreamLanguage } from '@codemirror/language';
import type { Extension } from '@codemirror/state';

/** The syntax of xl.cfg, as far as colours need it. */
const xlConfig = StreamLanguage.define<{ quote: string }>({
  startState: () => ({ quote: '' }),
  token(stream, state) {
    if (state.quote !== '') {
      if (!stream.skipTo(state.quote)) stream.skipToEnd();
      else {
        stream.next();
        state.quote = '';
      }
      return 'string';
    }
    if (stream.eatSpace()) return null;
    if (stream.match(/^#.*/)) return 'comment';
    const quote = /^["']/.exec(stream.peek() ?? '')?.[0];
    if (quote !== undefined) {
      stream.next();
      state.quote = quote;
      return 'string';
    }
    if (stream.match(/^[a-z][._0-9a-z]*(?=[ \t]*\+?=)/)) return 'propertyName';
    if (stream.match(/^-?(?:0x[0-9a-f]+|\d+)/i)) return 'number';
    stream.next();
    return null;
  },
});

/** Parsing a large document would take the page's time. */
const largestParsed = 200_000;

export type Syntax = 'xml' | 'xl' | 'plain';

export function syntaxOf(text: string, length: number): Syntax {
  // An empty document may get a large one, which would be parsed in the language of the empty one first.
  if (length > largestParsed || text.trim() === '') return 'plain';
  return text.trimStart().startsWith('<') ? 'xml' : 'xl';
}

export function languageOf(syntax: Syntax): Extension {
  if (syntax === 'plain') return [];
  return syntax === 'xml' ? xml() : xlConfig;
}

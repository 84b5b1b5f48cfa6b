import { expect } from 'chai';
import { Report } from '../../lib/diagnostics/diagnostic.js';
import { quote } from '../../lib/xl-syntax/strings.js';
import { parseXlSyntax } from '../../lib/xl-syntax/parser.js';
import { valueOf } from '../../lib/xl-syntax/text.js';

/** The value that xl reads from a quoted text. */
function readBack(source: string): unknown {
  const report = new Report();
  const [assignment] = parseXlSyntax(`a = ${source}\n`, report).assignments;
  expect(report.diagnostics).to.deep.equal([]);
  return assignment && valueOf(assignment.value);
}

describe('a text in quotes', () => {
  for (const [text, source] of [
    ['', '""'],
    ['plain', '"plain"'],
    ["it's", `"it's"`],
    ['say "hi"', `'say "hi"'`],
    ['a,b=c;#[]', '"a,b=c;#[]"'],
    ['größe 🐈', '"größe 🐈"'],
    ['tab\there', '"tab\there"'],
  ] as const) {
    it(`is ${source}, which xl and libvirt read alike`, () => {
      expect(quote(text)).to.deep.equal({ kind: 'plain', source });
      expect(readBack(source)).to.equal(text);
    });
  }

  for (const [text, source] of [
    ['C:\\dir', String.raw`"C:\\dir"`],
    ['two\nlines', String.raw`"two\nlines"`],
    ['return\r', String.raw`"return\r"`],
    [`"both' kinds`, String.raw`"\"both' kinds"`],
    [`"quote and \\`, String.raw`'"quote and \\'`],
    [`'quote and \\`, String.raw`"'quote and \\"`],
  ] as const) {
    it(`is ${source}, with escapes that only xl decodes`, () => {
      expect(quote(text)).to.deep.equal({ kind: 'escaped', source });
      expect(readBack(source)).to.equal(text);
    });
  }

  it('contains control characters that the lexer accepts unescaped', () => {
    expect(quote('\x01\x7f')).to.deep.equal({ kind: 'plain', source: '"\x01\x7f"' });
  });

  it('cannot contain NUL', () => {
    expect(quote('a\0b').kind).to.equal('impossible');
  });

  it('cannot contain an unpaired surrogate', () => {
    expect(quote('\ud83d').kind).to.equal('impossible');
    expect(quote('\udc08x').kind).to.equal('impossible');
  });
});

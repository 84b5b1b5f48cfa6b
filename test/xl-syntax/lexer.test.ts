import { expect } from 'chai';
import { Report } from '../../lib/diagnostics/diagnostic.js';
import { Lexer, type XlToken } from '../../lib/xl-syntax/lexer.js';
import { findings } from '../diagnostics/findings.js';

/** All tokens of a text. */
function tokenize(source: string, report: Report): readonly XlToken[] {
  const lexer = new Lexer(source, report);
  const tokens: XlToken[] = [];
  do tokens.push(lexer.next());
  while (tokens.at(-1)?.kind !== 'end');
  return tokens;
}

/** Tokens as `kind text`; only the kind if a token has no text. */
function tokens(source: string): readonly string[] {
  return tokenize(source, new Report()).map((token) => {
    if ('text' in token) return `${token.kind} ${token.text}`;
    if (token.kind === 'newline' && token.comment !== undefined) return `newline #${token.comment}`;
    return token.kind;
  });
}

/** The source text of each token. */
const spans = (source: string): readonly string[] =>
  tokenize(source, new Report()).map(({ start, end }) => source.slice(start, end));

function reported(source: string): readonly string[] {
  const report = new Report();
  tokenize(source, report);
  return findings(source, report.diagnostics);
}

describe('the tokens of an xl.cfg', () => {
  it('are names, numbers, strings and punctuation, followed by an end token', () => {
    expect(tokens(`name = 512; list += [ 'a', "b" ]\n`)).to.deep.equal([
      'ident name',
      '=',
      'number 512',
      ';',
      'ident list',
      '+=',
      '[',
      'string a',
      ',',
      'string b',
      ']',
      'newline',
      'end',
    ]);
  });

  it('of an empty text are only the end token', () => {
    expect(tokens('')).to.deep.equal(['end']);
  });

  it('need not be separated by blanks', () => {
    expect(tokens('a=1;b+=[2]')).to.deep.equal([
      'ident a',
      '=',
      'number 1',
      ';',
      'ident b',
      '+=',
      '[',
      'number 2',
      ']',
      'end',
    ]);
  });

  it('have the positions that they were read from', () => {
    expect(spans(` name\t= 'a b' # end\n`)).to.deep.equal(['name', '=', `'a b'`, '# end\n', '']);
  });

  describe('names', () => {
    it('start with a lower-case letter and continue with letters, digits, dots and underscores', () => {
      expect(tokens('a9_b.c')).to.deep.equal(['ident a9_b.c', 'end']);
    });

    it('have no capitals', () => {
      expect(reported('Name=1')).to.deep.equal(['xl-syntax: Name']);
    });
  });

  describe('numbers', () => {
    it('are stored as written, including hexadecimal and octal ones', () => {
      expect(tokens('10 0x1f 017')).to.deep.equal(['number 10', 'number 0x1f', 'number 017', 'end']);
    });

    it('accept letters to f and x at any position, as xl does', () => {
      expect(tokens('1x2f')).to.deep.equal(['number 1x2f', 'end']);
    });

    it('with a sign are accepted by libvirt only', () => {
      expect(tokens('-5 +5')).to.deep.equal(['number -5', 'number 5', 'end']);
      expect(reported('-5')).to.deep.equal(['xl-nonstandard-syntax: -5']);
      expect(reported('+5')).to.deep.equal(['xl-nonstandard-syntax: +5']);
    });
  });

  describe('strings', () => {
    it('can have either kind of quotes, and contain the other kind', () => {
      expect(tokens(`'say "hi"' "it's"`)).to.deep.equal([`string say "hi"`, `string it's`, 'end']);
    });

    it('can be empty', () => {
      expect(tokens(`'' ""`)).to.deep.equal(['string ', 'string ', 'end']);
    });

    it('can contain punctuation, comment marks and non-ASCII characters', () => {
      expect(tokens(`"a=[#;],b" 'größe 🐈'`)).to.deep.equal(['string a=[#;],b', 'string größe 🐈', 'end']);
    });

    it('decode the escapes that xl supports', () => {
      expect(tokens(String.raw`"\a\b\f\n\r\t\v\\\"\'"`)).to.deep.equal([
        `string \x07\b\f\n\r\t\v\\"'`,
        'end',
      ]);
    });

    it('end at a quote that is not escaped', () => {
      expect(tokens(String.raw`'a\'b' "c\"d"`)).to.deep.equal([`string a'b`, 'string c"d', 'end']);
      expect(tokens(String.raw`'a\\' 'b'`)).to.deep.equal(['string a\\', 'string b', 'end']);
    });

    it('reject an escape that xl does not support, at its position', () => {
      expect(reported(String.raw`a = "x\q"`)).to.deep.equal([String.raw`xl-syntax: \q`]);
    });

    it('reject numeric escapes, which xl itself decodes incorrectly', () => {
      expect(reported(String.raw`"\x41 \101"`)).to.deep.equal([
        String.raw`xl-syntax: \x`,
        String.raw`xl-syntax: \1`,
      ]);
    });

    it('record the position of each character after an escape', () => {
      const [token] = tokenize(String.raw`"a\nb"`, new Report());
      expect(token).to.deep.equal({
        kind: 'string',
        text: 'a\nb',
        offsets: [1, 2, 4],
        start: 0,
        end: 6,
      });
    });

    it('must end on the same line', () => {
      expect(reported(`a = "b\nc = 1\n`)).to.deep.equal(['xl-syntax: "b']);
      expect(reported(`a = 'b`)).to.deep.equal([`xl-syntax: 'b`]);
    });

    it('in triple quotes are accepted by libvirt only, over several lines and without escapes', () => {
      const source = `"""a\n\\n"b"""`;
      expect(tokens(source)).to.deep.equal(['string a\n\\n"b', 'end']);
      expect(reported(source)).to.deep.equal([`xl-nonstandard-syntax: ${source}`]);
    });

    it('can contain a carriage return, which xl reads unchanged', () => {
      expect(tokens(`"a\rb"\n`)).to.deep.equal(['string a\rb', 'newline', 'end']);
      expect(reported(`"a\rb"\n`)).to.deep.equal([]);
    });
  });

  describe('comments', () => {
    it('extend to the end of the line and include it', () => {
      expect(tokens('# one\na # two\n')).to.deep.equal(['newline # one', 'ident a', 'newline # two', 'end']);
    });

    it('on the last line without a newline are accepted by libvirt only', () => {
      expect(tokens('# end')).to.deep.equal(['newline # end', 'end']);
      expect(reported('a # end')).to.deep.equal(['xl-nonstandard-syntax: # end']);
    });

    it('can end with CR LF, which xl treats as part of the comment', () => {
      expect(tokens('# a\r\n')).to.deep.equal(['newline # a', 'end']);
      expect(reported('# a\r\n')).to.deep.equal([]);
    });
  });

  describe('line ends', () => {
    it('of CR LF are accepted, and reported once because xl rejects them', () => {
      expect(tokens('a\r\nb\r\n')).to.deep.equal(['ident a', 'newline', 'ident b', 'newline', 'end']);
      expect(reported('a\r\nb\r\n')).to.deep.equal(['xl-nonstandard-syntax: \r']);
    });
  });

  describe('an invalid token', () => {
    it('is reported once per piece, and lexing continues', () => {
      expect(tokens('a = $x ! b')).to.deep.equal(['ident a', '=', 'error', 'error', 'ident b', 'end']);
      expect(reported('a = $x ! b')).to.deep.equal(['xl-syntax: $x', 'xl-syntax: !']);
    });

    it('has a hint for Python, XML and capitals', () => {
      const hints = ['(1)', '<domain>', 'Memory'].map((source) => {
        const report = new Report();
        tokenize(source, report);
        return report.diagnostics[0]?.hint;
      });
      expect(hints).to.deep.equal([
        'xl.cfg is not Python: only numbers, strings and lists are values',
        'this looks like XML; specify the input format',
        'names of settings begin with a lower-case letter and have no capitals',
      ]);
    });
  });
});

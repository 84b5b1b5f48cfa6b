import { expect } from 'chai';
import { Report } from '../../lib/diagnostics/diagnostic.js';
import { Lexer, type XlToken } from '../../lib/xl-syntax/lexer.js';
import { findings } from '../diagnostics/findings.js';

/** All tokens of a text, up to the end. */
function tokenize(source: string, report: Report): readonly XlToken[] {
  const lexer = new Lexer(source, report);
  const tokens: XlToken[] = [];
  do tokens.push(lexer.next());
  while (tokens.at(-1)?.kind !== 'end');
  return tokens;
}

/** Tokens as `kind text`, or the kind alone where there is no text. */
function tokens(source: string): readonly string[] {
  return tokenize(source, new Report()).map((token) => {
    if ('text' in token) return `${token.kind} ${token.text}`;
    if (token.kind === 'newline' && token.comment !== undefined) return `newline #${token.comment}`;
    return token.kind;
  });
}

/** The source text of each token. */
const spans = (source: string): readonly string[] =>
  tokenize(source, new Report()).map(({ span }) => source.slice(span.start, span.end));

function reported(source: string): readonly string[] {
  const report = new Report();
  tokenize(source, report);
  return findings(source, report.diagnostics);
}

describe('the tokens of an xl.cfg', () => {
  it('are names, numbers, strings and signs, ended by an end', () => {
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

  it('of an empty text are the end alone', () => {
    expect(tokens('')).to.deep.equal(['end']);
  });

  it('need no blanks between them', () => {
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

  it('know the places that they were read from', () => {
    expect(spans(` name\t= 'a b' # end\n`)).to.deep.equal(['name', '=', `'a b'`, '# end\n', '']);
  });

  describe('names', () => {
    it('begin with a lower-case letter and go on with letters, digits, dots and underscores', () => {
      expect(tokens('a9_b.c')).to.deep.equal(['ident a9_b.c', 'end']);
    });

    it('have no capitals', () => {
      expect(reported('Name=1')).to.deep.equal(['xl-syntax: Name']);
    });
  });

  describe('numbers', () => {
    it('are kept as they are written, hexadecimal and octal ones too', () => {
      expect(tokens('10 0x1f 017')).to.deep.equal(['number 10', 'number 0x1f', 'number 017', 'end']);
    });

    it('take letters to f and x wherever they stand, as xl does', () => {
      expect(tokens('1x2f')).to.deep.equal(['number 1x2f', 'end']);
    });

    it('with a sign are what only libvirt reads', () => {
      expect(tokens('-5 +5')).to.deep.equal(['number -5', 'number 5', 'end']);
      expect(reported('-5')).to.deep.equal(['xl-nonstandard-syntax: -5']);
      expect(reported('+5')).to.deep.equal(['xl-nonstandard-syntax: +5']);
    });
  });

  describe('strings', () => {
    it('stand in either kind of quote, and hold the other kind', () => {
      expect(tokens(`'say "hi"' "it's"`)).to.deep.equal([`string say "hi"`, `string it's`, 'end']);
    });

    it('may be empty', () => {
      expect(tokens(`'' ""`)).to.deep.equal(['string ', 'string ', 'end']);
    });

    it('hold signs, comment marks and characters outside the alphabet as they are', () => {
      expect(tokens(`"a=[#;],b" 'größe 🐈'`)).to.deep.equal(['string a=[#;],b', 'string größe 🐈', 'end']);
    });

    it('decode the escapes that xl knows', () => {
      expect(tokens(String.raw`"\a\b\f\n\r\t\v\\\"\'"`)).to.deep.equal([
        `string \x07\b\f\n\r\t\v\\"'`,
        'end',
      ]);
    });

    it('end at a quote that no backslash stands before', () => {
      expect(tokens(String.raw`'a\'b' "c\"d"`)).to.deep.equal([`string a'b`, 'string c"d', 'end']);
      expect(tokens(String.raw`'a\\' 'b'`)).to.deep.equal(['string a\\', 'string b', 'end']);
    });

    it('refuse an escape that xl does not know, and point at it', () => {
      expect(reported(String.raw`a = "x\q"`)).to.deep.equal([String.raw`xl-syntax: \q`]);
    });

    it('refuse numeric escapes, which xl itself decodes wrongly', () => {
      expect(reported(String.raw`"\x41 \101"`)).to.deep.equal([
        String.raw`xl-syntax: \x`,
        String.raw`xl-syntax: \1`,
      ]);
    });

    it('remember where each character with an escape before it came from', () => {
      const [token] = tokenize(String.raw`"a\nb"`, new Report());
      expect(token).to.deep.equal({
        kind: 'string',
        text: 'a\nb',
        offsets: [1, 2, 4],
        span: { start: 0, end: 6 },
      });
    });

    it('are closed on their line', () => {
      expect(reported(`a = "b\nc = 1\n`)).to.deep.equal(['xl-syntax: "b']);
      expect(reported(`a = 'b`)).to.deep.equal([`xl-syntax: 'b`]);
    });

    it('in triple quotes are what only libvirt reads, over several lines and without escapes', () => {
      const source = `"""a\n\\n"b"""`;
      expect(tokens(source)).to.deep.equal(['string a\n\\n"b', 'end']);
      expect(reported(source)).to.deep.equal([`xl-nonstandard-syntax: ${source}`]);
    });

    it('may hold a carriage return, which xl takes as it is', () => {
      expect(tokens(`"a\rb"\n`)).to.deep.equal(['string a\rb', 'newline', 'end']);
      expect(reported(`"a\rb"\n`)).to.deep.equal([]);
    });
  });

  describe('comments', () => {
    it('go to the end of the line and count as its end', () => {
      expect(tokens('# one\na # two\n')).to.deep.equal(['newline # one', 'ident a', 'newline # two', 'end']);
    });

    it('on the last line without a newline are what only libvirt reads', () => {
      expect(tokens('# end')).to.deep.equal(['newline # end', 'end']);
      expect(reported('a # end')).to.deep.equal(['xl-nonstandard-syntax: # end']);
    });

    it('may end in CR LF, which xl takes for a part of the comment', () => {
      expect(tokens('# a\r\n')).to.deep.equal(['newline # a', 'end']);
      expect(reported('# a\r\n')).to.deep.equal([]);
    });
  });

  describe('line ends', () => {
    it('of CR LF are read, and reported once as what xl refuses', () => {
      expect(tokens('a\r\nb\r\n')).to.deep.equal(['ident a', 'newline', 'ident b', 'newline', 'end']);
      expect(reported('a\r\nb\r\n')).to.deep.equal(['xl-nonstandard-syntax: \r']);
    });
  });

  describe('what is no token', () => {
    it('is reported piece by piece, and reading goes on', () => {
      expect(tokens('a = $x ! b')).to.deep.equal(['ident a', '=', 'error', 'error', 'ident b', 'end']);
      expect(reported('a = $x ! b')).to.deep.equal(['xl-syntax: $x', 'xl-syntax: !']);
    });

    it('is told from Python, XML and capitals by a hint', () => {
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

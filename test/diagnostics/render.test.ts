import { expect } from 'chai';
import type { Diagnostic } from '../../lib/diagnostics/diagnostic.js';
import { renderDiagnostics, type RenderOptions } from '../../lib/diagnostics/render.js';

const error = (source: string, text: string, more: Partial<Diagnostic> = {}): Diagnostic => {
  const start = source.indexOf(text);
  return {
    code: 'value-invalid',
    severity: 'error',
    message: 'it is wrong',
    span: { start, end: start + text.length },
    ...more,
  };
};

const render = (
  source: string,
  diagnostics: readonly Diagnostic[],
  options: Partial<RenderOptions> = {},
): string => renderDiagnostics(diagnostics, { file: 'a.xml', source, ...options });

describe('a rendered diagnostic', () => {
  it('has its position, severity, code and message, then the line with a caret', () => {
    const source = '<a>\n  <b x="1"/>\n</a>\n';
    expect(render(source, [error(source, 'x="1"')])).to.equal(`a.xml:2:6: error value-invalid: it is wrong
    <b x="1"/>
       ^^^^^
`);
  });

  it('has a hint after it', () => {
    const source = 'abc';
    expect(render(source, [error(source, 'b', { hint: 'mend it' })])).to
      .equal(`a.xml:1:2: error value-invalid: it is wrong
  abc
   ^
  hint: mend it
`);
  });

  it('of severity info is a single line', () => {
    const source = 'abc';
    expect(
      render(source, [error(source, 'b', { code: 'converted', severity: 'info', hint: 'no need' })]),
    ).to.equal('a.xml:1:2: info converted: it is wrong\n');
  });

  it('without a position shows only the file name', () => {
    expect(
      render('abc', [{ code: 'input-too-large', severity: 'error', message: 'too large', hint: 'raise it' }]),
    ).to.equal('a.xml: error input-too-large: too large\n  hint: raise it\n');
  });

  it('that spans several lines is underlined to the end of the first', () => {
    const source = 'ab\ncd\n';
    expect(render(source, [error(source, 'b\ncd')])).to.equal(
      'a.xml:1:2: error value-invalid: it is wrong\n  ab\n   ^\n',
    );
  });

  it('of length zero has one caret', () => {
    expect(render('ab', [{ ...error('ab', 'a'), span: { start: 1, end: 1 } }])).to.equal(
      'a.xml:1:2: error value-invalid: it is wrong\n  ab\n   ^\n',
    );
    expect(render('ab', [{ ...error('ab', 'a'), span: { start: 2, end: 2 } }])).to.equal(
      'a.xml:1:3: error value-invalid: it is wrong\n  ab\n    ^\n',
    );
  });

  it('on a blank line, or in an empty document, shows no source line', () => {
    expect(render('', [{ ...error('', ''), span: { start: 0, end: 0 } }])).to.equal(
      'a.xml:1:1: error value-invalid: it is wrong\n',
    );
  });

  it('preserves tabs before the caret, so that it is aligned', () => {
    const source = '\ta\tb';
    expect(render(source, [error(source, 'b')])).to.include('\n  \ta\tb\n  \t \t^\n');
  });

  it('counts a surrogate pair as one character', () => {
    const source = '🐈 x 🐈';
    expect(render(source, [error(source, 'x')])).to.equal(
      'a.xml:1:3: error value-invalid: it is wrong\n  🐈 x 🐈\n    ^\n',
    );
  });

  it('escapes control characters of the document', () => {
    const source = 'a\x1b[31mb\x07\u202ec';
    const text = render(source, [error(source, 'c', { message: 'bad \x1b[0m\nline' })], { file: 'f\x1b' });
    expect(text).to.equal(`f\\x1b:1:10: error value-invalid: bad \\x1b[0m\\x0aline
  a\\x1b[31mb\\x07\\u202ec
  ${' '.repeat('a\\x1b[31mb\\x07\\u202e'.length)}^
`);
  });

  it('underlines an escaped character at its printed width', () => {
    const source = 'a\x07b';
    expect(render(source, [error(source, '\x07')])).to.include('\n  a\\x07b\n   ^^^^\n');
  });

  it('shortens a long line around the position', () => {
    const source = `${'x'.repeat(500)}HERE${'y'.repeat(500)}`;
    const [, line = '', carets = ''] = render(source, [error(source, 'HERE')]).split('\n');
    expect(line.length).to.be.lessThan(140);
    expect(line).to.include('HERE');
    expect(carets.indexOf('^')).to.equal(line.indexOf('HERE'));
    expect(carets.trim()).to.equal('^^^^');
  });

  it('underlines only the visible part of a long span', () => {
    const source = 'x'.repeat(1000);
    const [, line = '', carets = ''] = render(source, [error(source, source)]).split('\n');
    expect(carets.length).to.be.at.most(line.length);
  });
});

describe('rendered diagnostics', () => {
  it('are printed one after another', () => {
    const source = 'ab';
    expect(render(source, [error(source, 'a'), error(source, 'b', { message: 'so is this' })])).to.equal(
      'a.xml:1:1: error value-invalid: it is wrong\n  ab\n  ^\n' +
        'a.xml:1:2: error value-invalid: so is this\n  ab\n   ^\n',
    );
  });

  it('that differ only in position are printed once, with all line numbers', () => {
    const source = 'a\nb\nc\nd\n';
    expect(
      render(
        source,
        ['a', 'b', 'd'].map((text) => error(source, text)),
      ),
    ).to.equal('a.xml:1:1: error value-invalid: it is wrong (also on lines 2, 4)\n  a\n  ^\n');
    expect(
      render(
        source,
        ['b', 'c'].map((text) => error(source, text)),
      ),
    ).to.equal('a.xml:2:1: error value-invalid: it is wrong (also on line 3)\n  b\n  ^\n');
  });

  it('with the same message but different severities are printed separately', () => {
    const source = 'a\nb\n';
    const text = render(source, [error(source, 'a'), error(source, 'b', { severity: 'warning' })]);
    expect(text.match(/it is wrong/g)).to.have.length(2);
  });

  it('are empty without diagnostics', () => {
    expect(render('a', [])).to.equal('');
  });

  it('omit info diagnostics in quiet mode', () => {
    const source = 'ab';
    const info = error(source, 'a', { code: 'converted', severity: 'info' });
    expect(render(source, [info, error(source, 'b')], { quiet: true })).to.equal(
      'a.xml:1:2: error value-invalid: it is wrong\n  ab\n   ^\n',
    );
  });

  it("are coloured by the caller's function", () => {
    const source = 'ab';
    const paint = (text: string, severity: string): string => `<${severity}>${text}</>`;
    expect(render(source, [error(source, 'b', { hint: 'h' })], { paint })).to.equal(
      'a.xml:1:2: <error>error</> value-invalid: it is wrong\n  ab\n   <error>^</>\n  <dim>hint:</> h\n',
    );
  });
});

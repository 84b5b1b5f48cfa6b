import { expect } from 'chai';
import { Report } from '../../lib/diagnostics/diagnostic.js';
import { parseXlSyntax } from '../../lib/xl-syntax/parser.js';
import { parseInteger } from '../../lib/xl-syntax/integer.js';
import { XlReader } from '../../lib/xl/reader.js';
import { resolveSettings } from '../../lib/xl-syntax/settings.js';
import { findings } from '../diagnostics/findings.js';

/** A reader of a text, and its diagnostics. */
function reading(source: string): { readonly xl: XlReader; readonly found: () => readonly string[] } {
  const report = new Report();
  const xl = new XlReader(resolveSettings(parseXlSyntax(source, report), report), report);
  return { xl, found: () => findings(source, report.diagnostics) };
}

describe('a whole number', () => {
  for (const [text, value] of [
    ['0', 0],
    ['42', 42],
    ['0x2a', 42],
    ['0X2A', 42],
    ['052', 42],
    ['00', 0],
    ['-42', -42],
    ['+42', 42],
    ['-0x2a', -42],
    [' \t\n42', 42],
  ] as const) {
    it(`is read from '${text.replace(/\s/g, ' ')}' as ${value}`, () => {
      expect(parseInteger(text)).to.equal(value);
    });
  }

  for (const text of [
    '',
    ' ',
    'x',
    '4x',
    '42 ',
    '0x',
    '08',
    '1e3',
    '1.5',
    '- 1',
    '--1',
    '0b1',
    '\u00a042',
    '４',
  ]) {
    it(`is not read from '${text}'`, () => {
      expect(parseInteger(text)).to.equal(undefined);
    });
  }

  it('is 0 for -0', () => {
    expect(parseInteger('-0')).to.equal(0);
  });
});

describe('the reader of settings', () => {
  it('returns texts, whether they were written as numbers or in quotes', () => {
    const { xl, found } = reading(`a="x"\nb=5\n`);
    expect(xl.string('a')).to.deep.equal({ value: 'x', span: { start: 2, end: 5 } });
    expect(xl.string('b')?.value).to.equal('5');
    expect(xl.string('c')).to.equal(undefined);
    expect(found()).to.deep.equal([]);
  });

  it('returns whole numbers from numbers and strings alike', () => {
    const { xl, found } = reading(`a=0x10\nb="010"\n`);
    expect([xl.integer('a')?.value, xl.integer('b')?.value, xl.integer('c')]).to.deep.equal([
      16,
      8,
      undefined,
    ]);
    expect(found()).to.deep.equal([]);
  });

  it('treats any number but 0 as true', () => {
    const { xl, found } = reading(`a=0\nb=1\nc=2\nd="-1"\ne="0x0"\n`);
    expect(['a', 'b', 'c', 'd', 'e', 'f'].map((key) => xl.boolean(key))).to.deep.equal([
      false,
      true,
      true,
      true,
      false,
      undefined,
    ]);
    expect(found()).to.deep.equal([]);
  });

  it('ignores a text instead of a number, as xl does', () => {
    const { xl, found } = reading(`a="yes"\nb="5 "\n`);
    expect([xl.boolean('a'), xl.integer('b')]).to.deep.equal([undefined, undefined]);
    expect(found()).to.deep.equal(['xl-ignored: "yes"', 'xl-ignored: "5 "']);
  });

  it('ignores a list instead of a single value', () => {
    const { xl, found } = reading(`a=[1]\n`);
    expect(xl.string('a')).to.equal(undefined);
    expect(found()).to.deep.equal(['xl-ignored: [1]']);
  });

  it('ignores a single value instead of a list', () => {
    const { xl, found } = reading(`a="x"\n`);
    expect(xl.list('a')).to.equal(undefined);
    expect(found()).to.deep.equal(['xl-ignored: "x"']);
  });

  it('ignores a number extended with +=', () => {
    const { xl, found } = reading(`a=1\na+=2\nb+=3\n`);
    expect([xl.integer('a'), xl.integer('b')]).to.deep.equal([undefined, undefined]);
    expect(found()).to.deep.equal(['xl-ignored: 2', 'xl-ignored: 3']);
  });

  it('rejects a number out of range', () => {
    const { xl, found } = reading(`a=99999999999999999999\n`);
    expect(xl.integer('a')).to.equal(undefined);
    expect(found()).to.deep.equal(['value-invalid: 99999999999999999999']);
  });

  it('returns the texts of a list, up to the first item that is a list', () => {
    const { xl, found } = reading(`a=["x", 5, ["y"], "z"]\n`);
    expect(xl.list('a')?.map(({ text }) => text)).to.deep.equal(['x', '5']);
    expect(found()).to.deep.equal(['xl-ignored: ["y"]']);
  });

  it('accepts one text or a list if xl accepts both', () => {
    const { xl, found } = reading(`a="x"\nb=["y", "z"]\n`);
    expect(xl.stringOrList('a')?.map(({ text }) => text)).to.deep.equal(['x']);
    expect(xl.stringOrList('b')?.map(({ text }) => text)).to.deep.equal(['y', 'z']);
    expect(found()).to.deep.equal([]);
  });

  it('returns the settings that were not read, in the order of the file', () => {
    const { xl } = reading(`d=1\na=2\nc=3\nb=4\n`);
    xl.string('c');
    expect(xl.unread.map(({ key }) => key)).to.deep.equal(['d', 'a', 'b']);
  });

  it('includes a setting that was released among those not read', () => {
    const { xl } = reading(`a=1\nb=2\n`);
    xl.string('a');
    xl.string('b');
    xl.leave('a');
    expect(xl.unread.map(({ key }) => key)).to.deep.equal(['a']);
  });

  it('does not read a list as a single value if xl accepts both', () => {
    const { xl, found } = reading(`a=[1]\n`);
    expect(xl.atomIfSingle('a')).to.equal(undefined);
    expect(xl.unread.map(({ key }) => key)).to.deep.equal(['a']);
    expect(found()).to.deep.equal([]);
  });
});

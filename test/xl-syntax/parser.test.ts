import { expect } from 'chai';
import { Report } from '../../lib/diagnostics/diagnostic.js';
import type { XlValue } from '../../lib/xl-syntax/ast.js';
import { parseXlSyntax } from '../../lib/xl-syntax/parser.js';
import { findings } from '../diagnostics/findings.js';

type Plain = string | readonly Plain[];

const plain = (value: XlValue): Plain => (value.kind === 'atom' ? value.text : value.items.map(plain));

/** The assignments as `[key, operator, value]`, and the diagnostics. */
function parse(source: string): {
  readonly assignments: readonly (readonly [string, string, Plain])[];
  readonly found: readonly string[];
} {
  const report = new Report();
  const { assignments } = parseXlSyntax(source, report);
  return {
    assignments: assignments.map(({ key, operator, value }) => [key, operator, plain(value)]),
    found: findings(source, report.diagnostics),
  };
}

/** The assignments of a valid text. */
function read(source: string): readonly (readonly [string, string, Plain])[] {
  const { assignments, found } = parse(source);
  expect(found).to.deep.equal([]);
  return assignments;
}

const comments = (source: string): readonly string[] =>
  parseXlSyntax(source, new Report()).comments.map(({ text }) => text);

describe('the syntax of an xl.cfg', () => {
  it('is one assignment a line', () => {
    expect(read(`name = "guest"\nmemory = 512\n`)).to.deep.equal([
      ['name', '=', 'guest'],
      ['memory', '=', '512'],
    ]);
  });

  it('can omit the last newline', () => {
    expect(read('memory = 512')).to.deep.equal([['memory', '=', '512']]);
  });

  it('can be empty, or consist of blank lines and comments', () => {
    expect(read('')).to.deep.equal([]);
    expect(read('\n  \n\t\n# only\n')).to.deep.equal([]);
  });

  it('accepts several assignments on a line separated by semicolons, and empty ones', () => {
    expect(read('a=1; b=2;\n;;c=3;;')).to.deep.equal([
      ['a', '=', '1'],
      ['b', '=', '2'],
      ['c', '=', '3'],
    ]);
  });

  it('keeps repeated and += assignments separate, in order', () => {
    expect(read('a=1\na=2\na+=3')).to.deep.equal([
      ['a', '=', '1'],
      ['a', '=', '2'],
      ['a', '+=', '3'],
    ]);
  });

  it('records the positions of keys and values', () => {
    const source = ` key\t=  [ 'x', 5 ]\n`;
    const [assignment] = parseXlSyntax(source, new Report()).assignments;
    const text = ({ start, end }: { start: number; end: number }): string => source.slice(start, end);
    expect(assignment && text(assignment.keySpan)).to.equal('key');
    expect(assignment && text(assignment.value.span)).to.equal(`[ 'x', 5 ]`);
    expect(
      assignment?.value.kind === 'list' && assignment.value.items.map(({ span }) => text(span)),
    ).to.deep.equal([`'x'`, '5']);
  });

  describe('lists', () => {
    it('can contain any number of values, and lists', () => {
      expect(read(`a=[]\nb=['x']\nc=['x', 5, ["y", [6]], []]`)).to.deep.equal([
        ['a', '=', []],
        ['b', '=', ['x']],
        ['c', '=', ['x', '5', ['y', ['6']], []]],
      ]);
    });

    it('can span several lines, broken before or after each comma', () => {
      expect(read(`a = [\n\n'x'\n,\n'y',\n\n'z'\n\n]\n`)).to.deep.equal([['a', '=', ['x', 'y', 'z']]]);
    });

    it('can end with a comma', () => {
      expect(read(`a=['x',]\nb=['x',\n]`)).to.deep.equal([
        ['a', '=', ['x']],
        ['b', '=', ['x']],
      ]);
    });

    it('can contain comments wherever a line can end', () => {
      expect(read(`a = [ # 1\n# 2\n'x' # 3\n, # 4\n'y' # 5\n] # 6\n`)).to.deep.equal([
        ['a', '=', ['x', 'y']],
      ]);
    });

    it('cannot contain a comma without a value before it', () => {
      expect(parse(`a=[,]\n`).found).to.deep.equal(['xl-syntax: ,']);
      expect(parse(`a=['x',,'y']\n`).found).to.deep.equal(['xl-syntax: ,']);
    });

    it('require a comma between values', () => {
      expect(parse(`a=['x' 'y']\n`).found).to.deep.equal([`xl-syntax: 'y'`]);
    });

    it('must be closed', () => {
      const { found, assignments } = parse(`a=['x',\n`);
      expect(found).to.deep.equal(['xl-syntax: ']);
      expect(assignments).to.deep.equal([]);
    });

    it('can be nested a hundred levels deep and no deeper', () => {
      const nested = (depth: number): string => `a = ${'['.repeat(depth)}${']'.repeat(depth)}\n`;
      expect(parse(nested(100)).found).to.deep.equal([]);
      expect(parse(nested(101)).found).to.deep.equal(['xl-syntax: [']);
    });

    it('opened many thousand times are rejected without a stack overflow', () => {
      expect(parse(`a = ${'['.repeat(200_000)}`).found).to.deep.equal(['xl-syntax: [']);
    });
  });

  describe('comments', () => {
    it('are returned in order, without the hash', () => {
      expect(comments('# one\na=[ #two\n]#\n')).to.deep.equal([' one', 'two', '']);
    });

    it('cannot start inside a string', () => {
      expect(comments(`a='# no'\n`)).to.deep.equal([]);
    });
  });

  describe('syntax errors', () => {
    it('include a missing value', () => {
      expect(parse('a =\n').found).to.deep.equal(['xl-syntax: \n']);
      expect(parse('a =').found).to.deep.equal(['xl-syntax: ']);
    });

    it('include a missing equals sign', () => {
      expect(parse('a 5\n').found).to.deep.equal(['xl-syntax: 5']);
    });

    it('include a missing name', () => {
      expect(parse('= 5\n').found).to.deep.equal(['xl-syntax: =']);
      expect(parse('"a" = 5\n').found).to.deep.equal(['xl-syntax: "a"']);
    });

    it('include a word without quotes', () => {
      expect(parse('a = b\n').found).to.deep.equal(['xl-syntax: b']);
    });

    it('include a second value on the line', () => {
      expect(parse('a = 1 2\n').found).to.deep.equal(['xl-syntax: 2']);
      expect(parse('a = 1, 2\n').found).to.deep.equal(['xl-syntax: ,']);
    });

    it('include a value on the next line', () => {
      expect(parse('a =\n"b"\n').found).to.deep.equal(['xl-syntax: \n', 'xl-syntax: "b"']);
    });

    it('are all reported in one run, and valid lines are parsed', () => {
      const { found, assignments } = parse(`a = \nb = 1\nC = 2\nd = "x\ne = [ 'y' 'z' ]\nf = 3\n`);
      expect(found).to.deep.equal(['xl-syntax: \n', 'xl-syntax: C', 'xl-syntax: "x', `xl-syntax: 'z'`]);
      expect(assignments).to.deep.equal([
        ['b', '=', '1'],
        ['f', '=', '3'],
      ]);
    });

    it('in a list do not affect the next assignments', () => {
      const { found, assignments } = parse(`a = [\n 'x' 'y',\n]\nb = 1\n`);
      expect(assignments).to.deep.include(['b', '=', '1']);
      expect(found[0]).to.equal(`xl-syntax: 'y'`);
    });
  });
});

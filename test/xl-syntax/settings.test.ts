import { expect } from 'chai';
import { Report } from '../../lib/diagnostics/diagnostic.js';
import { spanWithin } from '../../lib/xl-syntax/ast.js';
import { parseXlSyntax } from '../../lib/xl-syntax/parser.js';
import { resolveSettings, type XlSetting } from '../../lib/xl-syntax/settings.js';
import { valueOf } from '../../lib/xl-syntax/text.js';
import { findings } from '../diagnostics/findings.js';

function resolve(source: string): {
  readonly settings: ReadonlyMap<string, XlSetting>;
  readonly values: Readonly<Record<string, unknown>>;
  readonly found: readonly string[];
} {
  const report = new Report();
  const settings = resolveSettings(parseXlSyntax(source, report), report);
  return {
    settings,
    values: Object.fromEntries([...settings].map(([key, { value }]) => [key, valueOf(value)])),
    found: findings(source, report.diagnostics),
  };
}

describe('the settings of an xl.cfg', () => {
  it('are those that are assigned', () => {
    expect(resolve(`a=1\nb="x"\nc=['y', ['z']]`)).to.deep.include({
      values: { a: '1', b: 'x', c: ['y', ['z']] },
      found: [],
    });
  });

  it('assigned twice have the last value, and each earlier one is reported at its key', () => {
    const source = 'a=1\nb=2\na=3\na=4\n';
    const { values, settings } = resolve(source);
    expect(values).to.deep.equal({ a: '4', b: '2' });
    expect(settings.get('a')?.keySpan).to.deep.equal({ start: 12, end: 13 });

    const report = new Report();
    resolveSettings(parseXlSyntax(source, report), report);
    expect(report.diagnostics.map(({ code, span }) => [code, span?.start])).to.deep.equal([
      ['xl-overridden', 0],
      ['xl-overridden', 8],
    ]);
  });

  it('join strings with +=', () => {
    expect(resolve(`a="x"\na+="y"\na+=5`)).to.deep.include({ values: { a: 'xy5' }, found: [] });
  });

  it('append lists with +=', () => {
    expect(resolve(`a=['x']\na+=['y', ['z']]\na+=[]`)).to.deep.include({
      values: { a: ['x', 'y', ['z']] },
      found: [],
    });
  });

  it('can start with +=', () => {
    expect(resolve(`a+='x'\nb+=['y']`)).to.deep.include({ values: { a: 'x', b: ['y'] }, found: [] });
  });

  it('lose earlier values when they are assigned again', () => {
    const { values, found } = resolve(`a=['x']\na+=['y']\na=['z']`);
    expect(values).to.deep.equal({ a: ['z'] });
    expect(found).to.deep.equal(['xl-overridden: a', 'xl-overridden: a']);
  });

  it('cannot add a list to a string, nor a string to a list', () => {
    expect(resolve(`a='x'\na+=['y']\n`).found).to.deep.equal([`xl-syntax: ['y']`]);
    expect(resolve(`a=['x']\na+='y'\n`).found).to.deep.equal([`xl-syntax: 'y'`]);
  });

  it('can be named like properties of every object', () => {
    expect([...resolve(`constructor=1\nvalueof=2`).settings.keys()]).to.deep.equal([
      'constructor',
      'valueof',
    ]);
  });

  it('joined by += still have the position of each character', () => {
    const source = String.raw`a="x\ty"` + `\na+="z"\n`;
    const value = resolve(source).settings.get('a')?.value;
    const places = [0, 1, 2, 3].map((at) => {
      const span = value?.kind === 'atom' ? spanWithin(value, at, at + 1) : undefined;
      return source.slice(span?.start, span?.end);
    });
    expect(places).to.deep.equal(['x', '\\', 'y', 'z']);
  });
});

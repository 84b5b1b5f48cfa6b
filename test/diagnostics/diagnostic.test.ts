import { expect } from 'chai';
import { codes } from '../../lib/diagnostics/codes.js';
import { Report, strictly } from '../../lib/diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../../lib/diagnostics/origin.js';

describe('a report', () => {
  it('gives a finding the severity of its code', () => {
    const report = new Report();
    report.add('channel-name', 'no name', { start: 1, end: 2 }, 'name it');
    report.add('implied', 'there anyway');
    expect(report.diagnostics).to.deep.equal([
      {
        code: 'channel-name',
        severity: 'error',
        message: 'no name',
        span: { start: 1, end: 2 },
        hint: 'name it',
      },
      { code: 'implied', severity: 'info', message: 'there anyway' },
    ]);
  });

  it('is sorted by position in the document; findings without a position come last, in the order of their report', () => {
    const report = new Report();
    report.add('implied', 'nowhere');
    report.add('implied', 'late', { start: 9, end: 10 });
    report.add('implied', 'early', { start: 1, end: 2 });
    report.add('implied', 'late, too', { start: 9, end: 10 });
    expect(report.diagnostics.map(({ message }) => message)).to.deep.equal([
      'early',
      'late',
      'late, too',
      'nowhere',
    ]);
  });

  it('knows whether it contains errors', () => {
    const report = new Report();
    report.add('not-implemented', 'a warning');
    expect(report.hasErrors).to.equal(false);
    report.add('xml-syntax', 'an error');
    expect(report.hasErrors).to.equal(true);
  });

  it('in strict mode has errors instead of warnings', () => {
    const report = new Report();
    report.add('not-implemented', 'a');
    report.add('implied', 'b');
    report.add('xml-syntax', 'c');
    expect(strictly(report.diagnostics).map(({ severity }) => severity)).to.deep.equal([
      'error',
      'info',
      'error',
    ]);
  });
});

describe('the codes', () => {
  it('have lower-case names with hyphens, and a description', () => {
    for (const [code, { meaning }] of Object.entries(codes)) {
      expect(code).to.match(/^[a-z]+(?:-[a-z]+)*$/);
      expect(meaning, code).to.match(/\.$/);
    }
  });
});

describe('the origin of a node', () => {
  it('is stored beside it', () => {
    const node = withOrigin({ name: 'a', path: '/p' }, { start: 0, end: 9 }, { name: { start: 1, end: 2 } });
    expect(node).to.deep.equal({ name: 'a', path: '/p' });
    expect(originOf(node)).to.deep.equal({ start: 0, end: 9 });
    expect(originOf(node, 'name')).to.deep.equal({ start: 1, end: 2 });
  });

  it('of a part without its own is that of the whole', () => {
    expect(originOf(withOrigin({ name: 'a' }, { start: 0, end: 9 }), 'name')).to.deep.equal({
      start: 0,
      end: 9,
    });
  });

  it('of a node built by a program is undefined', () => {
    expect([originOf({ name: 'a' }), originOf(undefined)]).to.deep.equal([undefined, undefined]);
  });
});

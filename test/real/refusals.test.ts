import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { refusals } from '../xl/refusals.js';
import { findXl } from './real-xl.js';

/** Matches the texts that printf produces from a format. */
const formatted = (format: string): RegExp =>
  new RegExp(
    format
      .trim()
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replace(/%(?:#x|l?[sdux])/g, '.*'),
  );

describe('the real xl rejects a config', function () {
  const xl = findXl();
  before(function () {
    if (!xl) this.skip();
  });
  if (!xl) {
    it('as the table specifies');
    return;
  }

  for (const row of refusals) {
    if (!('config' in row)) continue;
    const lines = row.config.trim().split('\n').slice(2).join('; ');
    it(`${lines}: ${row.message.trim()}`, () => {
      const verdict = xl.read(row.config);
      const said = verdict.ok ? verdict.warnings : verdict.message;
      expect(said).to.match(formatted(row.message));
      expect(verdict.ok, said).to.equal(!row.isFatal);
    });
  }

  it('with no messages other than those of the table', function () {
    if (!xl.program.includes('xen-4.17')) return this.skip();
    const texts = execFileSync('strings', ['-n', '5', xl.program], { encoding: 'utf8' }).split('\n');
    const known = new Set(refusals.map(({ message }) => message));
    // The compiler stores the texts of xl_parse.c consecutively, short and long ones separately.
    const parser = [
      ...between(texts, 'xlu_disk_parse failed: %s', 'Unknown tee "%s" specified'),
      ...between(texts, 'Warning: ignoring root= and extra= in favour of cmdline=', 'parse_vnuma_config'),
    ];
    expect(parser.length).to.be.greaterThan(300);
    const isMessage = (text: string): boolean =>
      /invalid|unknown|unable|fail|missing|illegal|required|requires|should be|must|mismatch|contradict|specified|not supported|ignor|too big|unrecognized|Can't|cannot|deprecated|maxvcpus </i.test(
        text,
      );
    expect(parser.filter((text) => isMessage(text) && !known.has(text))).to.deep.equal([]);
  });
});

function between(texts: readonly string[], first: string, last: string): readonly string[] {
  return texts.slice(texts.indexOf(first), texts.indexOf(last) + 1);
}

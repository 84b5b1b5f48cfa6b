import { expect } from 'chai';
import { allRows, maximumSteps, unsupportedReason } from '../../lib/libvirt/unsupported.js';

const paths = allRows().map(([path]) => path);

/** What a search through the whole table finds. */
function searched(path: string): string | undefined {
  const names = path.split('/');
  return allRows().find(([row]) => {
    const steps = row.split('/');
    const fits = (name: string, i: number) =>
      steps[i] === name || steps[i] === (name.startsWith('@') ? '@*' : '*');
    return steps.length === names.length && names.every(fits);
  })?.[2];
}

describe('the table of what xl does not support', () => {
  it('has no path with more steps than a look-up tries', () => {
    expect(Math.max(...paths.map((path) => path.split('/').length))).to.equal(maximumSteps);
    expect(unsupportedReason(Array.from({ length: 100 }, () => 'a').join('/'))).to.equal(undefined);
  });

  it('gives the first row that fits, whether it names the steps of a path or has wildcards for them', () => {
    const inPlace = (name: string) => paths.map((path) => path.replaceAll('*', name));
    const others = paths.flatMap((path) => {
      const steps = path.split('/');
      return steps.map((step, i) => steps.with(i, step.startsWith('@') ? '@other' : 'other').join('/'));
    });
    for (const path of [...inPlace('other'), ...inPlace('disk'), ...inPlace('vendor_id'), ...others])
      expect(unsupportedReason(path)?.reason, path).to.equal(searched(path));
  });
});

import { expect } from 'chai';
import { adapt } from '../../lib/index.js';
import { adaptRules, unsupportedReason } from '../../lib/libvirt/unsupported.js';

const withElement = (path: string): string => {
  const nested = path
    .split('/')
    .reduceRight((inside, name) => `<${name} type='hostdev' name='vfio'>${inside}</${name}>`, '');
  return `<domain type='xen'><name>a</name><memory>1</memory><os><type>hvm</type></os>${nested}</domain>`;
};

describe('what the Xen driver of libvirt rejects or ignores', () => {
  it('has a reason in its rule or in the unsupported table', () => {
    for (const { path, because } of adaptRules())
      expect(because ?? unsupportedReason(path), path).not.to.equal(undefined);
  });

  for (const { path, driver, because } of adaptRules().filter(({ when }) => !when)) {
    it(`${driver === 'rejects' ? 'removes' : 'reports'} ${path}`, () => {
      const reason = because?.[1] ?? unsupportedReason(path)?.reason ?? '';
      const effect = driver === 'rejects' ? 'removed' : 'has no effect';
      const messages = adapt(withElement(path)).diagnostics.map(({ message }) => message);
      expect(messages).to.include(`<${path.split('/').at(-1) ?? ''}> ${effect}: ${reason}`);
    });
  }
});

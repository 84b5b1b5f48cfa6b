import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { adapt, convert } from '../lib/index.js';
import { defaults } from '../lib/model/defaults.js';
import { defaultsPath, pageOfDefaults } from './defaults-page.js';
import { hvmXml, kvmXml, pvXml } from './libvirt/domains.js';
import { hvmConfig, pvConfig, settingsOf } from './xl/guests.js';

const guests = {
  hvm: { xml: hvmXml, config: hvmConfig },
  pv: { xml: pvXml, config: pvConfig },
  pvh: {
    xml: (devices = '') => pvXml(devices).replace('>linux<', '>xenpvh<'),
    config: (...lines: readonly string[]) => pvConfig('type = "pvh"', ...lines),
  },
};

describe('a value that is not in the document', () => {
  for (const { guest = 'hvm', key, beside, without = '', written = {}, shown, refusedFrom } of defaults) {
    const { xml, config } = guests[guest];
    it(`is written as listed in the table of defaults: ${key} of ${guest}, from XML`, () => {
      const devices = beside?.xml ?? '';
      const document = xml(devices);
      expect(document).to.include(without);
      expect(settingsOf(document.replace(without, '')).settings[key], 'xen').to.equal(written.xen);
      if (guest !== 'hvm') return;
      expect(settingsOf(kvmXml(devices)).settings[key], 'kvm').to.equal(written.kvm);
      // `adapt` followed by `convert` has the same result.
      const { output, diagnostics } = adapt(kvmXml(devices));
      const errors = diagnostics.filter(({ severity }) => severity === 'error');
      expect(errors, 'adapt').to.have.lengthOf(refusedFrom ? 1 : 0);
      expect(convert(kvmXml(devices)).output === undefined, 'refused').to.equal(refusedFrom !== undefined);
      if (output !== undefined) expect(settingsOf(output).settings[key], 'adapted').to.equal(written.kvm);
    });

    it(`is written as listed in the table of defaults: ${key} of ${guest}, from an xl.cfg`, () => {
      const { output = '' } = convert(config(beside?.xl ?? ''));
      expect(output).to.include('<domain ');
      if (shown !== undefined) expect(output).to.include(shown);
    });
  }

  it('has an up-to-date page (npm run docs writes it)', async () => {
    expect(readFileSync(defaultsPath, 'utf8')).to.equal(await pageOfDefaults());
  });
});

import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { convert } from '../lib/index.js';
import { defaults } from '../lib/model/defaults.js';
import { defaultsPath, pageOfDefaults } from './defaults-page.js';
import { hvmXml, kvmXml } from './libvirt/domains.js';
import { hvmConfig, settingsOf } from './xl/guests.js';

describe('a value that is not in the document', () => {
  for (const { key, beside, written = {}, shown } of defaults) {
    it(`is written as the table of defaults says: ${key}, from XML`, () => {
      const devices = beside?.xml ?? '';
      expect(settingsOf(hvmXml(devices)).settings[key], 'xen').to.equal(written.xen);
      expect(settingsOf(kvmXml(devices)).settings[key], 'kvm').to.equal(written.kvm);
    });

    it(`is written as the table of defaults says: ${key}, from an xl.cfg`, () => {
      const { output = '' } = convert(hvmConfig(beside?.xl ?? ''));
      expect(output).to.include('<domain ');
      if (shown !== undefined) expect(output).to.include(shown);
    });
  }

  it('has an up-to-date page (npm run docs writes it)', async () => {
    expect(readFileSync(defaultsPath, 'utf8')).to.equal(await pageOfDefaults());
  });
});

import { expect } from 'chai';
import { hvmXml, pvXml } from '../libvirt/domains.js';
import { hvmConfig, pvConfig, readClean, settingsOf } from './guests.js';

describe('features', () => {
  it('of an HVM guest are on in an xl.cfg, but for Viridian', () => {
    expect(readClean(hvmConfig()).features).to.deep.equal({
      acpi: true,
      apic: true,
      pae: true,
      viridian: false,
    });
    expect(readClean(hvmConfig('acpi = 0', 'apic = "0"', 'hap = 0', 'viridian = 1')).features).to.deep.equal({
      acpi: false,
      apic: false,
      pae: true,
      hap: false,
      viridian: true,
    });
  });

  it('of an HVM guest are off in XML, and written either way', () => {
    expect(settingsOf(hvmXml()).settings).to.include({ pae: '1', acpi: '0', apic: '0', viridian: '0' });
    const all = settingsOf(
      hvmXml('', `<features><acpi/><apic/><pae/><hap state='off'/><viridian/></features>`),
    );
    expect(all.settings).to.include({ pae: '1', acpi: '1', apic: '1', hap: '0', viridian: '1' });
    expect(all.found).to.deep.equal([]);
  });

  it("of a PV guest are the host's memory map alone", () => {
    expect(readClean(pvConfig('e820_host = 1')).features).to.deep.equal({ e820Host: true });
    expect(
      settingsOf(pvXml('', `<features><xen><e820_host state='on'/></xen></features>`)).settings['e820_host'],
    ).to.equal('1');
    expect(settingsOf(pvXml('', `<features><acpi/></features>`)).found).to.deep.equal([
      'no-counterpart: <acpi/>',
    ]);
  });
});

import { expect } from 'chai';
import { convert } from '../../lib/convert.js';
import { hvmXml, pvXml } from '../libvirt/domains.js';
import { hvmConfig, pvConfig, read, readClean, settingsOf } from './guests.js';

describe('features', () => {
  it('of an HVM guest are on by default in an xl.cfg, except Viridian', () => {
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

  it('of an HVM guest are off by default in XML, and always written', () => {
    expect(settingsOf(hvmXml()).settings).to.include({ pae: '1', acpi: '0', apic: '0', viridian: '0' });
    const all = settingsOf(
      hvmXml('', `<features><acpi/><apic/><pae/><hap state='off'/><viridian/></features>`),
    );
    expect(all.settings).to.include({ pae: '1', acpi: '1', apic: '1', hap: '0', viridian: '1' });
    expect(all.found).to.deep.equal([]);
  });

  it("of a PV guest are only the host's memory map", () => {
    expect(readClean(pvConfig('e820_host = 1')).features).to.deep.equal({ e820Host: true });
    expect(
      settingsOf(pvXml('', `<features><xen><e820_host state='on'/></xen></features>`)).settings['e820_host'],
    ).to.equal('1');
    expect(settingsOf(pvXml('', `<features><acpi/></features>`)).found).to.deep.equal([
      'unsupported: <acpi/>',
    ]);
  });

  it('can be single groups of enlightenments, which libvirt cannot express, and are restored', () => {
    const line = 'viridian = [ "defaults", "stimer", "!hcall_ipi" ]';
    expect(read(hvmConfig(line)).domain.features.viridian).to.deep.equal([
      'defaults',
      'stimer',
      '!hcall_ipi',
    ]);
    const { output: xml = '' } = convert(hvmConfig(line));
    expect(xml).to.include('<viridian/>');
    expect(convert(xml).output).to.include(line);
    expect(read(hvmConfig('viridian = [ "bogus" ]')).found).to.have.lengthOf(1);
  });

  for (const [mode, element] of [
    ['enabled', `<passthrough state='on'/>`],
    ['sync_pt', `<passthrough state='on' mode='sync_pt'/>`],
    ['share_pt', `<passthrough state='on' mode='share_pt'/>`],
  ] as const) {
    it(`have passthrough = "${mode}", in both directions`, () => {
      const { output: xml = '' } = convert(hvmConfig(`passthrough = "${mode}"`));
      expect(xml).to.include(element);
      expect(convert(xml).output).to.include(`passthrough = "${mode}"\n`);
    });
  }

  it('reject an unknown passthrough mode, and have none if it is disabled', () => {
    expect(read(hvmConfig('passthrough = "turbo"')).found).to.deep.equal(['value-invalid: "turbo"']);
    expect(readClean(hvmConfig('passthrough = "disabled"')).features).not.to.have.property('passthrough');
  });
});

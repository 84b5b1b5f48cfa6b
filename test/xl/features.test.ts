import { expect } from 'chai';
import { adapt } from '../../lib/adapt/adapt.js';
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
    expect(settingsOf(pvXml('', `<features><acpi/></features>`)).found).to.deep.equal([]);
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

describe('features that only some guests have', () => {
  const pvhXml = (beside: string): string => pvXml('', beside).replace('>linux<', '>xenpvh<');
  const armXml = (beside: string): string =>
    pvXml('', beside).replace('<type>linux', "<type arch='aarch64' machine='xenpv'>linux");

  it('HAP that is enabled explicitly is preserved in both directions', () => {
    const { output = '' } = convert(hvmConfig('hap = 1'));
    expect(output).to.include("<hap state='on'/>");
    expect(settingsOf(output).settings['hap']).to.equal('1');
    expect(convert(hvmConfig('hap = 1'), { profile: 'libvirt' }).output).not.to.include('<hap');
  });

  it('ACPI is always on in a PVH guest', () => {
    const { found, settings } = settingsOf(pvhXml('<features><acpi/></features>'));
    expect(found).to.deep.equal([]);
    expect(settings['acpi']).to.equal(undefined);
  });

  it('ACPI that is switched off in a PVH guest is no loss, and is restored: it has no effect', () => {
    const { output = '', diagnostics } = convert(pvConfig('type = "pvh"', 'acpi = 0'), { strict: true });
    expect(diagnostics.map(({ code, message }) => `${code}: ${message}`)).to.deep.equal([
      "implied: 'acpi' has no effect in a PVH guest: libxl gives it ACPI tables in any case",
    ]);
    expect(settingsOf(output).settings['acpi']).to.equal('0');
  });

  it('nested virtualization of a PVH guest is nestedhvm in both directions', () => {
    for (const name of ['vmx', 'svm']) {
      const xml = pvhXml(`<cpu mode='host-passthrough'><feature policy='require' name='${name}'/></cpu>`);
      const { settings, found } = settingsOf(xml);
      expect(found).to.deep.equal([]);
      expect(settings['nestedhvm']).to.equal('1');
    }
    for (const value of ['0', '1']) {
      const { output = '' } = convert(pvConfig('type = "pvh"', `nestedhvm = ${value}`));
      expect(settingsOf(output).settings['nestedhvm'], output).to.equal(value);
    }
    expect(settingsOf(pvhXml("<cpu mode='host-passthrough'/>")).settings['nestedhvm']).to.equal(undefined);
  });

  it('ACPI and the interrupt controller of Arm are converted in both directions', () => {
    const { settings, found } = settingsOf(armXml("<features><acpi/><gic version='3'/></features>"));
    expect(found).to.deep.equal([]);
    expect([settings['acpi'], settings['gic_version']]).to.deep.equal(['1', '"v3"']);
    const { output = '', diagnostics } = convert(pvConfig('type = "pvh"', 'acpi = 1', 'gic_version = "v2"'));
    expect(output).to.include('<acpi/>').and.include("<gic version='2'/>");
    // libvirt's driver does not set it, whether the document is converted or only adapted.
    for (const reported of [diagnostics, adapt(output).diagnostics]) {
      expect(reported.map(({ code }) => code)).to.include('no-effect');
    }
  });

  it("Hyper-V's clock adds the groups of viridian that it consists of", () => {
    const clock = "<clock offset='utc'><timer name='hypervclock' present='yes'/></clock>";
    const hyperv = "<features><hyperv><relaxed state='on'/></hyperv></features>";
    const kvm = (beside: string): string => hvmXml('', beside).replace("'xen'", "'kvm'");
    const { settings, found } = settingsOf(kvm(clock + hyperv));
    expect(found).to.deep.equal([]);
    expect(settings['viridian']).to.equal('[ "defaults", "reference_tsc" ]');
    expect(settingsOf(kvm(clock)).settings['viridian']).to.equal(
      '[ "base", "time_ref_count", "reference_tsc" ]',
    );
    expect(settingsOf(kvm(clock.replace('yes', 'no'))).settings['viridian']).to.equal('0');
    const { output = '' } = convert(hvmConfig('viridian = [ "defaults", "reference_tsc" ]'));
    expect(settingsOf(output).settings['viridian']).to.equal('[ "defaults", "reference_tsc" ]');
  });

  it('a generation ID is generated by xl; a specified value is reported', () => {
    const id = '5b0f6d0e-9a1b-4c1d-8e2f-3a4b5c6d7e8f';
    expect(settingsOf(hvmXml('', '<genid/>')).settings['ms_vm_genid']).to.equal('"generate"');
    expect(settingsOf(hvmXml('', '<genid/>')).found).to.deep.equal([]);
    const { settings, found } = settingsOf(hvmXml('', `<genid>${id}</genid>`));
    expect(settings['ms_vm_genid']).to.equal('"generate"');
    expect(found).to.deep.equal(['unsupported: <genid>']);
    const { output = '' } = convert(hvmConfig('ms_vm_genid = "generate"'));
    expect(output).to.include('<genid/>');
    expect(convert(hvmConfig('ms_vm_genid = "none"')).output).not.to.include('genid');
  });
});

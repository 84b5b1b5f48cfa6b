import { expect } from 'chai';
import { convert, formatXlConfig, parseXlConfig } from '../../lib/convert.js';
import { elementsOf, hvmXml, kvmXml, pvXml } from '../libvirt/domains.js';
import { hvmConfig, pvConfig, read, readClean, settingsOf } from './guests.js';

/** The two settings that the CPU of an XML is converted to. */
function cpuOf(xml: string): readonly (string | undefined)[] {
  const { settings } = settingsOf(xml);
  return [settings['nestedhvm'], settings['cpuid']];
}

const kvmCpu = (cpu: string): string => kvmXml().replace('<devices>', `${cpu}<devices>`);

describe("a guest's CPU", () => {
  for (const [cpu, nested, cpuid] of [
    [`<cpu mode='host-passthrough'/>`, '1', undefined],
    [`<cpu mode='host-passthrough'><feature policy='disable' name='vmx'/></cpu>`, '0', undefined],
    [`<cpu mode='host-passthrough'><feature name='pni'/></cpu>`, '1', '"host,sse3=1"'],
    [`<cpu mode='host-model'><feature policy='forbid' name='avx2'/></cpu>`, '0', '"host,avx2=0"'],
    [`<cpu mode='host-model'/>`, undefined, undefined],
    [`<cpu><topology sockets='1' cores='2' threads='1'/></cpu>`, undefined, undefined],
  ] as const) {
    it(`is nestedhvm ${nested ?? 'unset'} and cpuid ${cpuid ?? 'unset'} with ${cpu}`, () => {
      expect(cpuOf(hvmXml('', cpu))).to.deep.equal([nested, cpuid]);
    });
  }

  it("of a KVM domain is the host's, nested only if vmx or svm is required", () => {
    expect(cpuOf(kvmCpu(`<cpu mode='host-passthrough'/>`))).to.deep.equal([undefined, undefined]);
    expect(
      cpuOf(kvmCpu(`<cpu mode='host-passthrough'><feature policy='require' name='svm'/></cpu>`)),
    ).to.deep.equal(['1', undefined]);
  });

  it('of a KVM domain does not hide Xen from the guest, which is reported', () => {
    const { settings, found } = settingsOf(
      kvmCpu(`<cpu mode='host-passthrough'><feature policy='disable' name='hypervisor'/></cpu>`),
    );
    expect([settings['cpuid'], found.length]).to.deep.equal([undefined, 1]);
  });

  it('of a PV guest has only features', () => {
    const cpu = `<cpu mode='host-passthrough'><feature policy='disable' name='lahf_lm'/></cpu>`;
    expect(cpuOf(pvXml('', cpu))).to.deep.equal([undefined, '"host,lahfsahf=0"']);
  });

  it('loses a feature that xl cannot name, with a warning', () => {
    const cpu = `<cpu mode='host-passthrough'><feature policy='force' name='waitpkg'/></cpu>`;
    const { settings, found } = settingsOf(hvmXml('', cpu));
    expect([settings['cpuid'], found.length]).to.deep.equal([undefined, 1]);
  });

  it('is rejected if a feature is repeated or its policy is unknown', () => {
    const twice = `<feature policy='force' name='avx'/>`;
    for (const features of [twice + twice, `<feature policy='maybe' name='avx'/>`]) {
      expect(convert(hvmXml('', `<cpu mode='host-passthrough'>${features}</cpu>`)).output).to.equal(
        undefined,
      );
    }
  });

  it('with cpuid alone is not nested after converting to XML and back', () => {
    const xml = convert(hvmConfig('cpuid = "host,avx=0"')).output ?? '';
    expect(cpuOf(xml)).to.deep.equal(['0', '"host,avx=0"']);
  });

  it('is written in XML beside the NUMA nodes, each with its own values', () => {
    const { elements } = elementsOf(
      hvmConfig('nestedhvm = 1', 'vnuma = [ [ "pnode=0", "size=64", "vcpus=0", "vdistances=10" ] ]'),
      'cpu',
    );
    expect(elements).to.deep.equal([
      `<cpu mode='host-passthrough'><numa><cell id='0' cpus='0' memory='65536' unit='KiB'/></numa></cpu>`,
    ]);
  });

  for (const cpuid of [
    '"host,avx=1,cmpxchg16=0,sse3=x,x2apic=k"',
    '"host,family=6,avx=1"',
    '"host,some-new-flag=1"',
    '[ "0x1:ecx=xxxxxxxxxx0xxxxxxxxxxxxxxxxxxxxx" ]',
  ]) {
    it(`is restored from XML unchanged: cpuid = ${cpuid}`, () => {
      const xml = convert(pvConfig(`cpuid = ${cpuid}`)).output ?? '';
      expect(settingsOf(xml).settings['cpuid']).to.equal(cpuid);
    });
  }

  it('is parsed as by xl: the last flag counts, and invalid flags are ignored', () => {
    const { domain, found } = read(pvConfig('cpuid = "host,avx=1,avx=0,aes"'));
    expect(domain.cpu).to.deep.equal({ features: [{ name: 'avx', policy: 'off' }] });
    expect(found.length).to.equal(2);
    expect(read(pvConfig('cpuid = "avx=1"')).domain.cpu).to.equal(undefined);
    expect(readClean(pvConfig('cpuid = "host"')).cpu).to.equal(undefined);
  });

  it('rejects a feature of a domain built by a program that would be another flag', () => {
    const { domain } = parseXlConfig(pvConfig());
    if (!domain) throw new Error('not read');
    for (const name of ['avx=1,smep', 'host', '']) {
      const cpu = { features: [{ name, policy: 'on' as const }] };
      expect(formatXlConfig({ ...domain, cpu }).text, name).to.equal(undefined);
    }
  });
});

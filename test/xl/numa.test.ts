import { expect } from 'chai';
import { convert } from '../../lib/convert.js';
import { hvmXml, pvXml } from '../libvirt/domains.js';
import { hvmConfig, read, readClean, settingsOf } from './guests.js';

const node = '[ "pnode=0", "size=32", "vcpus=0", "vdistances=10,20" ]';
const other = '[ "pnode=1", "size=32", "vcpus=1", "vdistances=20,10" ]';
const cells = (...list: readonly string[]): string =>
  hvmXml('', `<vcpu>2</vcpu><cpu><numa>${list.join('')}</numa></cpu>`);
const first = `<cell id='0' cpus='0' memory='32' unit='MiB'/>`;
const second = `<cell id='1' cpus='1' memory='32' unit='MiB'/>`;

describe('NUMA nodes of a guest', () => {
  it("have their memory and CPUs, which then are the domain's", () => {
    const { memory, vcpus, numa } = readClean(hvmConfig(`vnuma = [ ${node}, ${other} ]`));
    expect([memory.maximumKiB, vcpus.maximum]).to.deep.equal([65536, 2]);
    expect(numa).to.deep.equal([
      { hostNode: 0, memoryKiB: 32768, vcpus: '0', distances: [10, 20] },
      { hostNode: 1, memoryKiB: 32768, vcpus: '1', distances: [20, 10] },
    ]);
  });

  for (const [vnuma, code] of [
    ['[ [ "size=64", "vcpus=0", "vdistances=10" ] ]', 'value-missing'],
    ['[ [ "pnode=0", "vcpus=0", "vdistances=10" ] ]', 'value-missing'],
    ['[ [ "pnode=0", "size=0", "vcpus=0", "vdistances=10" ] ]', 'value-invalid'],
    ['[ [ "pnode=0", "size=64", "vcpus=0", "vdistances=10,20" ] ]', 'value-invalid'],
    ['[ [ "pnode=0", "size=64", "vcpus=^0", "vdistances=10" ] ]', 'value-invalid'],
    ['[ [ "pnode=0", "size=64", "vcpus" ] ]', 'value-invalid'],
    ['[ "pnode=0" ]', 'value-invalid'],
    ['[ [ "pnode=0", "size=99999999999999999999", "vcpus=0" ] ]', 'value-invalid'],
  ] as const) {
    it(`are rejected as ${code}: vnuma = ${vnuma}`, () => {
      const { output, diagnostics } = convert(hvmConfig(`vnuma = ${vnuma}`));
      expect(output).to.equal(undefined);
      expect(diagnostics.map((found) => found.code)).to.include(code);
    });
  }

  it('are rejected if xl would count other memory or CPUs than the domain has', () => {
    for (const line of ['maxmem = 128', 'maxvcpus = 3', 'vcpus = 3']) {
      expect(convert(hvmConfig(`vnuma = [ ${node}, ${other} ]`, line)).output, line).to.equal(undefined);
    }
  });

  it('are rejected if a CPU is in two nodes or does not exist', () => {
    const both = `<cell id='1' cpus='0-1' memory='32' unit='MiB'/>`;
    const far = `<cell id='1' cpus='1,65535' memory='32' unit='MiB'/>`;
    for (const xml of [cells(first, both), cells(first, far)]) {
      expect(convert(xml).output).to.equal(undefined);
    }
  });

  it('are rejected in bounded time if there are too many', () => {
    const many = Array.from({ length: 20_000 }, () => node).join(', ');
    expect(read(hvmConfig(`vnuma = [ ${many} ]`)).found).to.have.length(1);
    expect(convert(cells(...Array.from({ length: 20_000 }, () => first))).output).to.equal(undefined);
  });

  it("are written with libvirt's distances by default", () => {
    expect(settingsOf(cells(first, second)).settings['vnuma']).to.equal(`[ ${node}, ${other} ]`);
  });

  it('have the same distance in both directions', () => {
    const far = `<cell id='0' cpus='0' memory='32' unit='MiB'><distances><sibling id='1' value='40'/></distances></cell>`;
    const { settings } = settingsOf(cells(far, second));
    expect(settings['vnuma']).to.include('vdistances=10,40').and.to.include('vdistances=40,10');
  });

  it('can be in any order in XML, and enable memory and ACPI', () => {
    const xml = cells(second, first).replace(/<memory .*<[/]memory>/, '');
    const { settings } = settingsOf(xml);
    expect([settings['maxmem'], settings['acpi'], settings['vnuma']]).to.deep.equal([
      '64',
      '1',
      `[ ${node}, ${other} ]`,
    ]);
  });

  it('are omitted if libxl does not create them: in a PV guest, and one that starts with less than its memory', () => {
    const numa = `<vcpu>2</vcpu><cpu><numa>${first}${second}</numa></cpu>`;
    const grows = hvmXml('', `<currentMemory unit='MiB'>32</currentMemory>${numa}`);
    for (const xml of [pvXml('', numa), grows]) {
      const { settings, found } = settingsOf(xml);
      expect(settings).not.to.have.property('vnuma');
      expect(found).to.have.length(1);
      expect(found[0]).to.match(/^unsupported: <cell/);
    }
  });

  it("preserve the host's node through XML", () => {
    const turned = `[ ${node.replace('pnode=0', 'pnode=5')}, ${other} ]`;
    const xml = convert(hvmConfig(`vnuma = ${turned}`)).output ?? '';
    expect(xml).to.include(`<memnode cellid='0' mode='strict' nodeset='5'/>`);
    expect(settingsOf(xml).settings['vnuma']).to.equal(turned);
  });
});

import { expect } from 'chai';
import { convert } from '../../lib/convert.js';
import { pvXml } from '../libvirt/domains.js';
import { pvConfig, read, readClean, settingsOf } from './guests.js';

describe('virtual CPUs', () => {
  for (const [lines, vcpus] of [
    [[], { maximum: 1, online: 1 }],
    [['vcpus = 2'], { maximum: 2, online: 2 }],
    [['vcpus = 2', 'maxvcpus = 4'], { maximum: 4, online: 2 }],
    [['maxvcpus = 4'], { maximum: 4, online: 1 }],
    [['vcpus = 2', 'cpus = "0-3,^1"'], { maximum: 2, online: 2, affinity: '0,2-3' }],
    [['vcpus = 2', 'cpus = "all"'], { maximum: 2, online: 2 }],
    [['vcpus = 2', 'cpus = 3'], { maximum: 2, online: 2, affinity: '3' }],
  ] as const) {
    it(`are read from ${lines.length === 0 ? 'no setting' : lines.join(' and ')}`, () => {
      expect(readClean(pvConfig(...lines)).vcpus).to.deep.equal(vcpus);
    });
  }

  it('can run anywhere if neither vcpus nor maxvcpus is set: xl then ignores cpus', () => {
    for (const cpus of ['"0-1"', '[ "0", "1" ]']) {
      const { domain, found } = read(pvConfig(`cpus = ${cpus}`));
      expect([domain.vcpus, found[0]]).to.deep.equal([{ maximum: 1, online: 1 }, 'xl-ignored: cpus']);
    }
  });

  it('can have blanks in their lists if xl accepts them, and are reported otherwise', () => {
    for (const list of [' 0-3', '0-3, 4']) {
      expect(read(pvConfig('vcpus = 1', `cpus = "${list}"`)).found, list).to.deep.equal([]);
    }
    for (const list of ['0-3 ', ' all', 'all ', '0-3, ^1', '0 ,1']) {
      expect(read(pvConfig('vcpus = 1', `cpus = "${list}"`)).found, list).to.deep.equal([
        `xl-nonstandard-syntax: "${list}"`,
      ]);
    }
  });

  it('are rejected in an xl.cfg in numbers that no domain can have', () => {
    for (const count of ['0', '"-1"', '65536']) {
      expect(read(pvConfig(`vcpus = ${count}`)).found).to.deep.equal([`value-invalid: ${count}`]);
    }
    expect(read(pvConfig('vcpus = 4', 'maxvcpus = 2')).found).to.deep.equal(['value-invalid: 2']);
  });

  it('preserve lists of CPUs that libvirt cannot express', () => {
    for (const line of ['cpus = [ "node:1" ]', 'cpus = "node:0"', 'cpus = "nodes:0-1,^node:0"']) {
      const config = pvConfig('vcpus = 1', line);
      const { domain, found } = read(config);
      expect([domain.vcpus.affinity, found]).to.deep.equal([undefined, ['not-implemented: cpus']]);
      expect(convert(convert(config).output ?? '').output).to.include('cpus = ');
    }
  });

  for (const [xml, settings] of [
    ['<vcpu>4</vcpu>', { vcpus: '4' }],
    [`<vcpu current='2'>4</vcpu>`, { vcpus: '2', maxvcpus: '4' }],
    [`<vcpu current='4'>4</vcpu>`, { vcpus: '4' }],
    [`<vcpu cpuset='0-3,^2,7'>4</vcpu>`, { vcpus: '4', cpus: '"0-1,3,7"' }],
    [`<vcpu placement='static' cpuset='3,1,2,0'>4</vcpu>`, { vcpus: '4', cpus: '"0-3"' }],
  ] as const) {
    it(`are written from ${xml}`, () => {
      const written = settingsOf(pvXml('', xml));
      expect(written.found).to.deep.equal([]);
      expect(written.settings).to.include(settings);
    });
  }

  for (const [xml, place] of [
    ['<vcpu>0</vcpu>', '0'],
    ['<vcpu>x</vcpu>', 'x'],
    ['<vcpu>65536</vcpu>', '65536'],
    [`<vcpu current='5'>4</vcpu>`, `current='5'`],
    [`<vcpu current='0'>4</vcpu>`, `current='0'`],
    [`<vcpu cpuset='x'>4</vcpu>`, `cpuset='x'`],
    [`<vcpu cpuset='3-1'>4</vcpu>`, `cpuset='3-1'`],
    [`<vcpu cpuset='0,^0'>4</vcpu>`, `cpuset='0,^0'`],
    [`<vcpu cpuset=''>4</vcpu>`, `cpuset=''`],
  ] as const) {
    it(`are rejected with ${xml}`, () => {
      expect(settingsOf(pvXml('', xml)).found).to.deep.equal([`value-invalid: ${place}`]);
    });
  }

  it('are pinned one by one, in both directions', () => {
    const { output: xml = '' } = convert(pvConfig('vcpus = 3', 'cpus = [ "0", "2-3", "0" ]'));
    for (const pin of [`vcpu='0' cpuset='0'`, `vcpu='1' cpuset='2-3'`, `vcpu='2' cpuset='0'`]) {
      expect(xml).to.include(`<vcpupin ${pin}/>`);
    }
    expect(convert(xml).output).to.include('cpus = [ "0", "2-3", "0" ]\n');
  });

  it('preserve a list of CPUs that libvirt cannot express', () => {
    const { output: xml = '' } = convert(pvConfig('vcpus = 2', 'cpus = "nodes:0"'));
    expect(xml).not.to.include('cpuset');
    expect(convert(xml).output).to.include('cpus = "nodes:0"\n');
  });
});

describe('CPUs that no host has', () => {
  it('are an error if no other CPU is listed, and otherwise ignored, as by xl', () => {
    for (const cpuset of ['16383', '20000-20010']) {
      const pin = pvXml('', `<cputune><vcpupin vcpu='0' cpuset='${cpuset}'/></cputune>`);
      const all = pvXml('', `<vcpu cpuset='${cpuset}'>1</vcpu>`);
      for (const xml of [pin, all]) expect(convert(xml).output, xml).to.equal(undefined);
      expect(convert(pvConfig('vcpus = 1', `cpus = "${cpuset}"`)).output).to.equal(undefined);
    }
    for (const cpuset of ['0,20000', '0-65535'])
      expect(convert(pvXml('', `<vcpu cpuset='${cpuset}'>1</vcpu>`)).output).not.to.equal(undefined);
  });

  it('do not exist in an empty list', () => {
    for (const cpuset of ['', '0,^0'])
      expect(convert(pvXml('', `<vcpu cpuset='${cpuset}'>1</vcpu>`)).output).to.equal(undefined);
  });
});

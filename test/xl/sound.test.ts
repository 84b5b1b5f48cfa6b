import { expect } from 'chai';
import { convert } from '../../lib/convert.js';
import { findings } from '../diagnostics/findings.js';
import { elementsOf, hvmXml, kvmXml, pvXml } from '../libvirt/domains.js';
import { hvmConfig, pvConfig, read, readClean, settingsOf } from './guests.js';

describe("an xl.cfg's sound cards", () => {
  it('are a list in one string', () => {
    const { sounds } = readClean(hvmConfig('soundhw = "ac97,es1370,sb16,hda"'));
    expect(sounds.map(({ model }) => model)).to.deep.equal(['ac97', 'es1370', 'sb16', 'ich6']);
    expect(readClean(hvmConfig('soundhw = ""')).sounds).to.deep.equal([]);
  });

  it("can have libvirt's name for hda, which QEMU does not support", () => {
    const { domain, found } = read(hvmConfig('soundhw = "ich6"'));
    expect(domain.sounds).to.deep.equal([{ model: 'ich6' }]);
    expect(found).to.deep.equal(['xl-nonstandard-syntax: "ich6"']);
  });

  it("include all of libvirt's cards for the value that selects them, which is reported", () => {
    const { domain, found } = read(hvmConfig('soundhw = "all"'));
    expect(domain.sounds).to.deep.equal([{ model: 'sb16' }, { model: 'es1370' }]);
    expect(found).to.deep.equal(['unsupported: "all"']);
  });

  it('are preserved if libvirt does not support one, or the guest has none', () => {
    for (const [config, code] of [
      [hvmConfig('soundhw = "ac97,gus"'), 'not-implemented'],
      [pvConfig('soundhw = "ac97"'), 'xl-ignored'],
    ] as const) {
      const { elements, found } = elementsOf(config, 'sound');
      expect(elements).to.deep.equal([]);
      expect(found).to.deep.equal([`${code}: soundhw`]);
    }
  });

  it('are written to XML in order', () => {
    expect(elementsOf(hvmConfig('soundhw = "sb16,hda"'), 'sound').elements).to.deep.equal([
      `<sound model='sb16'/>`,
      `<sound model='ich6'/>`,
    ]);
  });
});

describe("a domain XML's sound cards", () => {
  const sound = (model: string): string => `<sound model='${model}'/>`;

  it("have QEMU's names", () => {
    const { settings, found } = settingsOf(hvmXml(['ac97', 'sb16', 'ich6', 'es1370'].map(sound).join('')));
    expect(settings['soundhw']).to.equal('"ac97,sb16,hda,es1370"');
    expect(found).to.deep.equal([]);
  });

  it('are converted to the nearest that Xen supports, which is reported', () => {
    const xml = kvmXml(sound('ich9'));
    expect(settingsOf(xml).settings['soundhw']).to.equal('"hda"');
    expect(findings(xml, convert(xml).diagnostics)).to.include(`converted: ${sound('ich9')}`);
  });

  it("are omitted if Xen's QEMU has none, or the guest is PV, which is reported", () => {
    for (const xml of [
      hvmXml(sound('usb')),
      hvmXml(sound('virtio')),
      hvmXml('<sound/>'),
      pvXml(sound('ac97')),
    ]) {
      const { settings, found } = settingsOf(xml);
      expect(settings).not.to.have.property('soundhw');
      expect(found).to.have.length(1);
      expect(found[0]).to.match(/^unsupported: <sound/);
    }
  });
});

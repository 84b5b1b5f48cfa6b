import { expect } from 'chai';
import { elementsOf, hvmXml, pvXml } from '../libvirt/domains.js';
import { hvmConfig, pvConfig, read, settingsOf } from './guests.js';

describe("an xl.cfg's parallel port", () => {
  it("is libvirt's in the forms of a serial port; xl ignores it, which is reported", () => {
    for (const [text, xml] of [
      ['/dev/parport0', `<parallel type='dev'><source path='/dev/parport0'/><target port='0'/></parallel>`],
      ['file:/srv/lp', `<parallel type='file'><source path='/srv/lp'/><target port='0'/></parallel>`],
      ['pty', `<parallel type='pty'><target port='0'/></parallel>`],
    ] as const) {
      expect(elementsOf(hvmConfig(`parallel = "${text}"`), 'parallel')).to.deep.equal({
        elements: [xml],
        found: [`xl-ignored: "${text}"`],
      });
    }
  });

  it('can be none', () => {
    const { domain, found } = read(hvmConfig('parallel = "none"'));
    expect(domain.parallels).to.deep.equal([]);
    expect(found).to.deep.equal([]);
  });

  it('is preserved in a form that libvirt does not read, and in a PV guest', () => {
    for (const config of [
      hvmConfig('parallel = "braille"'),
      hvmConfig('parallel = [ "pty" ]'),
      pvConfig('parallel = "pty"'),
    ]) {
      expect(elementsOf(config, 'parallel')).to.deep.equal({
        elements: [],
        found: ['xl-option-unknown: parallel'],
      });
    }
  });
});

describe("a domain XML's parallel ports", () => {
  const pty = `<parallel type='pty'><target port='0'/></parallel>`;

  it('are "none" for a missing port', () => {
    expect(settingsOf(hvmXml()).settings['parallel']).to.equal('"none"');
    expect(settingsOf(pvXml()).settings).not.to.have.property('parallel');
  });

  it('are reduced to the first, as by libvirt, which is reported', () => {
    const second = `<parallel type='file'><source path='/srv/p1'/><target port='1'/></parallel>`;
    const { settings, found } = settingsOf(hvmXml(pty + second));
    expect(settings['parallel']).to.equal('"pty"');
    expect(found).to.deep.equal([`xl-ignored: <parallel type='pty'>`, `unsupported: <parallel type='file'>`]);
  });

  it('are omitted for a PV guest, and in a form that xl.cfg does not support', () => {
    const nmdm = `<parallel type='nmdm'><source master='/dev/a' slave='/dev/b'/><target port='0'/></parallel>`;
    expect(settingsOf(pvXml(pty)).found).to.deep.equal([`unsupported: <parallel type='pty'>`]);
    expect(settingsOf(hvmXml(nmdm)).found).to.deep.equal([`unsupported: <parallel type='nmdm'>`]);
  });

  it('have a numeric port', () => {
    const xml = hvmXml(pty.replace(`'0'`, `'2000000'`));
    expect(settingsOf(xml).found).to.deep.equal([`value-invalid: port='2000000'`]);
  });
});

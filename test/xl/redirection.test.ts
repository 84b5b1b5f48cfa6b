import { expect } from 'chai';
import { elementsOf, hvmXml, pvXml } from '../libvirt/domains.js';
import { hvmConfig, read, settingsOf } from './guests.js';

const spice = `<graphics type='spice' port='5900'/>`;
const redirdev = `<redirdev bus='usb' type='spicevmc'/>`;
const spiceConfig = ['spice = 1', 'spiceport = 5900', 'spicedisable_ticketing = 1', 'vnc = 0'];

describe('USB devices of a SPICE client', () => {
  it('are redirected over a number of channels', () => {
    const { settings, found } = settingsOf(hvmXml(redirdev + spice + redirdev));
    expect(settings['spiceusbredirection']).to.equal('2');
    expect(found).to.deep.equal([]);
    const config = hvmConfig(...spiceConfig, 'spiceusbredirection = 2');
    expect(elementsOf(config, 'redirdev')).to.deep.equal({ elements: [redirdev, redirdev], found: [] });
  });

  it('are redirected over at most four channels', () => {
    const { settings, found } = settingsOf(hvmXml(spice + redirdev.repeat(5)));
    expect(settings['spiceusbredirection']).to.equal('4');
    expect(found).to.deep.equal([`unsupported: ${redirdev}`]);
    for (const number of ['5', '-1']) {
      const { domain } = read(hvmConfig(...spiceConfig, `spiceusbredirection = "${number}"`));
      expect(domain.redirections).to.deep.equal([]);
      expect(domain.preserved.settings).to.deep.include({ key: 'spiceusbredirection', value: number });
    }
  });

  it('are not redirected beside USB input, which libxl rejects', () => {
    const { settings, found } = settingsOf(hvmXml(`<input type='tablet' bus='usb'/>` + spice + redirdev));
    expect(settings).not.to.have.property('spiceusbredirection');
    expect(settings['usbdevice']).to.equal('"tablet"');
    expect(found).to.deep.equal([`unsupported: ${redirdev}`]);
  });

  it('are not redirected without SPICE, nor over another type', () => {
    const tcp = `<redirdev bus='usb' type='tcp'><source mode='connect' host='h' service='1'/></redirdev>`;
    for (const [xml, found] of [
      [hvmXml(redirdev), redirdev],
      [pvXml(redirdev), redirdev],
      [hvmXml(spice + tcp), `<redirdev bus='usb' type='tcp'>`],
    ] as const) {
      expect(settingsOf(xml).found).to.deep.equal([`unsupported: ${found}`]);
    }
  });

  it('are reported if a filter would have blocked some', () => {
    const filter = `<redirfilter><usbdev class='0x08' allow='no'/></redirfilter>`;
    expect(settingsOf(hvmXml(spice + redirdev + filter)).found).to.deep.equal(['unsupported: <redirfilter>']);
  });
});

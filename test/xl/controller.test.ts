import { expect } from 'chai';
import { convert } from '../../lib/convert.js';
import { findings } from '../diagnostics/findings.js';
import { elementsOf, hvmXml, kvmXml, pvXml, read as readXml } from '../libvirt/domains.js';
import { hvmConfig, pvConfig, read, readClean, settingsOf } from './guests.js';

const config = (...entries: readonly string[]): string =>
  hvmConfig(`usbctrl = [ ${entries.map((entry) => `'${entry}'`).join(', ')} ]`);

describe("an xl.cfg's USB controllers", () => {
  it("are QEMU's for PVUSB: USB 2.0 by default", () => {
    const { usbControllers } = readClean(
      config('type=qusb,version=1,ports=6', 'type=qusb', 'type=QUSB,version=2,ports=08'),
    );
    expect(usbControllers).to.deep.equal([
      { version: 1, ports: 6 },
      { version: 2 },
      { version: 2, ports: 8 },
    ]);
  });

  it("have as many ports as xl reads from libvirt's hexadecimal number, which is reported", () => {
    const { domain, found } = read(config('type=qusb,version=2,ports=f'));
    expect(domain.usbControllers).to.deep.equal([{ version: 2 }]);
    expect(found).to.deep.equal(['xl-ignored: ports=f']);
  });

  it('are all preserved unchanged if libvirt cannot express one', () => {
    for (const other of ['type=devicemodel,version=3', 'type=pv', 'type=auto,version=2', 'version=2', '']) {
      const text = config('type=qusb,version=1,ports=2', other);
      const { domain } = read(text);
      expect(domain.usbControllers, other).to.deep.equal([]);
      expect(domain.preserved.settings, other).to.deep.equal([
        { key: 'usbctrl', value: ['type=qusb,version=1,ports=2', other] },
      ]);
      const back = settingsOf(convert(text).output ?? '');
      expect(back.settings['usbctrl']).to.equal(`[ "type=qusb,version=1,ports=2", "${other}" ]`);
    }
  });

  for (const [entry, found] of [
    ['qusb', 'value-invalid: qusb'],
    ['type=vusb', 'value-invalid: type=vusb'],
    ['type=qusb,backend=dom1', 'value-invalid: backend=dom1'],
    ['type = qusb', 'value-invalid: type = qusb'],
    ['type=qusb,ports=32', 'value-invalid: ports=32'],
    ['type=qusb,ports=-1', 'value-invalid: ports=-1'],
  ] as const) {
    it(`are rejected: '${entry}'`, () => {
      expect(read(config(entry)).found).to.deep.equal([found]);
    });
  }
});

describe("a domain XML's controllers", () => {
  it('are converted to PVUSB controllers by model, in PV and HVM guests', () => {
    const controllers =
      `<controller type='usb' index='0' model='qusb1' ports='15'/>` +
      `<controller type='usb' index='1' model='qusb2'/>`;
    for (const xml of [pvXml(controllers), hvmXml(controllers)]) {
      const { settings, found } = settingsOf(xml);
      expect(settings['usbctrl']).to.equal('[ "type=qusb,version=1,ports=15", "type=qusb,version=2," ]');
      expect(found).to.deep.equal([]);
    }
  });

  it('are in the order of their indexes', () => {
    const xml = hvmXml(
      `<controller type='usb' index='1' model='qusb2'/><controller type='usb' index='0' model='qusb1'/>`,
    );
    expect(settingsOf(xml).settings['usbctrl']).to.equal(
      '[ "type=qusb,version=1,", "type=qusb,version=2," ]',
    );
  });

  it('are implied for other types', () => {
    for (const model of ['piix3-uhci', 'ich9-ehci1', 'qemu-xhci', 'nec-xhci', 'none']) {
      const controller = `<controller type='usb' index='0' model='${model}'/>`;
      const xml = kvmXml(controller);
      expect(settingsOf(xml).settings).not.to.have.property('usbctrl');
      expect(findings(xml, convert(xml).diagnostics)).to.include(`implied: ${controller}`);
    }
  });

  it('are rejected with more ports than a controller can have', () => {
    for (const ports of ['32', 'f', '-1', '']) {
      const xml = hvmXml(`<controller type='usb' model='qusb2' ports='${ports}'/>`);
      expect(readXml(xml).found).to.deep.equal([`value-invalid: ports='${ports}'`]);
    }
  });

  it('are written with their index, as libvirt does', () => {
    const { elements, found } = elementsOf(config('type=qusb,version=1,ports=6', 'type=qusb'), 'controller');
    expect(elements).to.deep.equal([
      `<controller type='usb' index='0' model='qusb1' ports='6'/>`,
      `<controller type='usb' index='1' model='qusb2'/>`,
    ]);
    expect(found).to.deep.equal([]);
  });
});

describe('a USB controller that QEMU emulates', () => {
  it('is rejected in a PV or PVH guest, as libxl rejects it', () => {
    for (const type of ['', 'type = "pvh"']) {
      const { output, diagnostics } = convert(pvConfig(type, 'usbctrl = [ "type=devicemodel" ]'));
      expect(output).to.equal(undefined);
      expect(diagnostics.map(({ code }) => code)).to.include('value-invalid');
    }
    expect(convert(hvmConfig('usbctrl = [ "type=devicemodel" ]')).output).not.to.equal(undefined);
  });
});

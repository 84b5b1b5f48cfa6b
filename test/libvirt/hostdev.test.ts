import { expect } from 'chai';
import { convert } from '../../lib/convert.js';
import { findings, problems } from '../diagnostics/findings.js';
import { pvConfig, settingsOf } from '../xl/guests.js';
import { elementsOf, hvmXml, kvmXml, pvXml, read, readClean } from './domains.js';

const address = `<address domain='0x0001' bus='0x05' slot='0x00' function='0x1'/>`;
const pci = (more = '', source = `<source>${address}</source>`): string =>
  `<hostdev mode='subsystem' type='pci'${more}>${source}</hostdev>`;
const usb = (source: string): string =>
  `<hostdev mode='subsystem' type='usb'><source>${source}</source></hostdev>`;

describe("a domain XML's host devices", () => {
  it('have a PCI address in C notation', () => {
    const source = { domain: 1, bus: 5, slot: 0, function: 1 };
    expect(readClean(pvXml(pci())).hostdevs).to.deep.equal([{ kind: 'pci', source, managed: false }]);
    const decimal = `<source><address domain='1' bus='05' function='0x1'/></source>`;
    expect(readClean(pvXml(pci('', decimal))).hostdevs).to.deep.equal([
      { kind: 'pci', source, managed: false },
    ]);
  });

  it('are permissive if writes are not filtered', () => {
    const filtered = (how: string): string => pci('', `<source writeFiltering='${how}'>${address}</source>`);
    expect(settingsOf(pvXml(filtered('no'))).settings['pci']).to.equal('[ "0001:05:00.1,permissive=1" ]');
    expect(settingsOf(pvXml(filtered('yes'))).settings['pci']).to.equal('[ "0001:05:00.1,permissive=0" ]');
  });

  it('are seized if libvirt would manage them, which is reported', () => {
    const xml = pvXml(pci(` managed='yes'`));
    expect(settingsOf(xml).settings['pci']).to.equal('[ "0001:05:00.1,seize=1" ]');
    expect(findings(xml, convert(xml).diagnostics)).to.deep.equal([`converted: managed='yes'`]);
  });

  it("lose KVM's driver, which is reported, and keep Xen's without a report", () => {
    const withDriver = (driver: string): string =>
      kvmXml(pci('', `<driver name='${driver}'/><source>${address}</source>`));
    const told = (xml: string): readonly string[] => findings(xml, convert(xml).diagnostics);
    expect(told(withDriver('vfio'))).to.include(`converted: <driver name='vfio'/>`);
    expect(told(withDriver('xen')).join()).not.to.include('driver');
  });

  it('are reported for a ROM and a boot order that xl cannot set', () => {
    const xml = hvmXml(pci('', `<source>${address}</source><rom bar='off'/><boot order='1'/>`));
    expect(settingsOf(xml).found).to.deep.equal([
      `unsupported: <rom bar='off'/>`,
      `unsupported: <boot order='1'/>`,
    ]);
  });

  for (const [title, device, found] of [
    ['no address', pci('', '<source/>'), 'value-missing: <source/>'],
    ['no source', pci('', ''), `value-missing: <hostdev mode='subsystem' type='pci'>`],
    [
      'a slot that there is not',
      pci('', `<source><address bus='0x05' slot='0x20'/></source>`),
      `value-invalid: slot='0x20'`,
    ],
    [
      'a bus that is no number',
      pci('', `<source><address bus='five' slot='0x01'/></source>`),
      `value-invalid: bus='five'`,
    ],
    [
      'the place of the host bridge',
      pci('', `<source><address function='0x1'/></source>`),
      `value-invalid: <address function='0x1'/>`,
    ],
    [
      'a USB device without its bus',
      usb(`<vendor id='0x1234'/><product id='0xbeef'/>`),
      'device-unsupported: <source>',
    ],
    ['USB bus 0', usb(`<address bus='0' device='5'/>`), `value-invalid: <address bus='0' device='5'/>`],
    ['USB device 256', usb(`<address bus='1' device='256'/>`), `value-invalid: device='256'`],
    [
      'a mediated device',
      `<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source><address uuid='x'/></source></hostdev>`,
      `device-unsupported: <hostdev mode='subsystem' type='mdev' model='vfio-pci'>`,
    ],
    [
      'a capability of a container',
      `<hostdev mode='capabilities' type='misc'><source><char>/dev/x</char></source></hostdev>`,
      `device-unsupported: <hostdev mode='capabilities' type='misc'>`,
    ],
  ] as const) {
    it(`are an error, reported once: ${title}`, () => {
      expect(read(hvmXml(device)).found).to.deep.equal([found]);
    });
  }

  it('can have the vendor and product of a USB device beside its address', () => {
    const both = `<vendor id='0x1234'/><product id='0xbeef'/><address bus='0x2' device='26'/>`;
    expect(readClean(hvmXml(usb(both))).hostdevs).to.deep.equal([{ kind: 'usb', bus: 2, device: 26 }]);
  });
});

describe('host devices in a domain XML', () => {
  it("are written in libvirt's form", () => {
    const config = pvConfig(`pci = [ '1:05:00.1,permissive=1' ]`, `usbdev = [ 'hostbus=2,hostaddr=26' ]`);
    expect(elementsOf(config, 'hostdev')).to.deep.equal({
      elements: [
        `<hostdev mode='subsystem' type='pci' managed='no'><source writeFiltering='no'>` +
          `<address domain='0x0001' bus='0x05' slot='0x00' function='0x1'/></source></hostdev>`,
        `<hostdev mode='subsystem' type='usb' managed='no'><source>` +
          `<address bus='2' device='26'/></source></hostdev>`,
      ],
      found: [],
    });
  });

  it('are managed if xl seizes them', () => {
    const { elements } = elementsOf(pvConfig(`pci = [ '05:00.0,seize=1' ]`), 'hostdev');
    expect(elements[0]).to.include(`managed='yes'`);
  });

  it('preserve parameters that only xl has in <metadata>, by position, which is reported', () => {
    const config = pvConfig(`pci = [ '05:00.0', '06:00.*@4,rdm_policy=strict' ]`);
    const { output = '', diagnostics } = convert(config);
    expect(output).to.include(`<v2x:hostdev place='2'>function=*,vslot=4,rdm_policy=strict</v2x:hostdev>`);
    expect(problems(config, diagnostics)).to.deep.equal(
      Array.from({ length: 3 }, () => `not-implemented: '06:00.*@4,rdm_policy=strict'`),
    );
    expect(settingsOf(output).settings['pci']).to.equal(
      '[ "0000:05:00.0", "0000:06:00.*,vslot=4,rdm_policy=strict" ]',
    );
  });

  it('are not overridden by <metadata> in what the element specifies', () => {
    const { output = '' } = convert(pvConfig(`pci = [ '06:00.0,vslot=4' ]`));
    for (const word of ['bdf=07:00.0', 'permissive=1', 'seize=1', 'name=x', 'foo=1']) {
      const { settings, found } = settingsOf(output.replace('>vslot=4<', `>${word}<`));
      expect(settings['pci']).to.equal('[ "0000:06:00.0" ]');
      expect(found).to.deep.equal([`preserved-conflict: <hostdev mode='subsystem' type='pci' managed='no'>`]);
    }
  });

  it('cannot be identified by name', () => {
    const config = pvConfig(`pci = [ 'name=nic' ]`);
    expect(problems(config, convert(config).diagnostics)).to.deep.equal([`device-unsupported: 'name=nic'`]);
  });
});

import { expect } from 'chai';
import type { Hostdev, PciHostdev } from '../../lib/model/hostdev.js';
import { hvmXml } from '../libvirt/domains.js';
import { hvmConfig, pvConfig, read, readClean, settingsOf } from './guests.js';

const pciConfig = (entry: string, ...lines: readonly string[]): string =>
  pvConfig(`pci = [ '${entry}' ]`, ...lines);
const usbConfig = (entry: string): string => hvmConfig(`usbdev = [ '${entry}' ]`);

const one = (config: string): Hostdev | undefined => {
  const { hostdevs } = readClean(config);
  expect(hostdevs).to.have.length(1);
  return hostdevs[0];
};

const pci = (more: Partial<PciHostdev> = {}): PciHostdev => ({
  kind: 'pci',
  source: { domain: 0, bus: 5, slot: 0, function: 0 },
  managed: false,
  ...more,
});

/** The errors of a config, which must be its only diagnostics. */
const errors = (config: string): readonly string[] => read(config).found;

describe("an xl.cfg's PCI devices", () => {
  it('have an address with or without a domain, with digits in either case', () => {
    for (const address of ['05:00.0', '0000:05:00.0', '5:0.0', '0:5:0.0', '0005:000.00'])
      expect(one(pciConfig(address)), address).to.deep.equal(pci());
    expect(one(pciConfig('fFfF:A0:1f.7'))).to.deep.equal(
      pci({ source: { domain: 0xffff, bus: 0xa0, slot: 0x1f, function: 7 } }),
    );
  });

  it('can be specified by bdf=, at any position, the last of which counts', () => {
    expect(one(pciConfig('bdf=05:00.0'))).to.deep.equal(pci());
    expect(one(pciConfig('permissive=1,bdf=05:00.0'))).to.deep.equal(pci({ permissive: true }));
    const { domain, found } = read(pciConfig('06:00.0,bdf=07:00.0,bdf=05:00.0'));
    expect(domain.hostdevs).to.deep.equal([pci()]);
    expect(found).to.deep.equal(['xl-overridden: bdf=07:00.0']);
  });

  it('can be all functions of a device, and have a slot in the guest in either form', () => {
    const source = { domain: 0, bus: 5, slot: 0, function: 'all' as const };
    expect(one(pciConfig('05:00.*'))).to.deep.equal(pci({ source }));
    expect(one(pciConfig('05:00.*@4'))).to.deep.equal(pci({ source, xlParameters: ['vslot=4'] }));
    expect(one(pciConfig('05:00.0@1f'))).to.deep.equal(pci({ xlParameters: ['vslot=1f'] }));
    expect(one(pciConfig('05:00.0,vslot=1f'))).to.deep.equal(pci({ xlParameters: ['vslot=1f'] }));
  });

  it('can be specified by name', () => {
    expect(one(pciConfig('name=nic,seize=1'))).to.deep.equal(pci({ source: { name: 'nic' }, managed: true }));
  });

  it('are permissive and seized by their own parameter, or by the global setting', () => {
    expect(one(pciConfig('05:00.0,permissive=0'))).to.deep.equal(pci({ permissive: false }));
    expect(one(pciConfig('05:00.0,permissive=9,seize=1,'))).to.deep.equal(
      pci({ permissive: true, managed: true }),
    );
    const all = ['pci_permissive = 1', 'pci_seize = 1'];
    expect(one(pciConfig('05:00.0', ...all))).to.deep.equal(pci({ permissive: true, managed: true }));
    expect(one(pciConfig('05:00.0,permissive=0,seize=0', ...all))).to.deep.equal(pci({ permissive: false }));
  });

  it('preserve parameters that libvirt cannot express', () => {
    const words = ['msitranslate=1', 'power_mgmt=1', 'rdm_policy=relaxed'];
    expect(one(pciConfig(`05:00.0,${words.join(',')}`))).to.deep.equal(pci({ xlParameters: words }));
  });

  it('are reported if xl reads a parameter as another number than it looks like', () => {
    const { domain, found } = read(pciConfig('05:00.0,permissive=yes'));
    expect(domain.hostdevs).to.deep.equal([pci({ permissive: false })]);
    expect(found).to.deep.equal(['xl-ignored: permissive=yes']);
  });

  for (const [entry, place] of [
    ['', "''"],
    ['05', '05'],
    ['05:00', '05:00'],
    ['zz:00.0', 'zz:00.0'],
    [' 05:00.0', ' 05:00.0'],
    ['05:00.0 ', "'05:00.0 '"],
    ['05:00.0.1', "'05:00.0.1'"],
    ['05:20.0', "'05:20.0'"],
    ['05:00.8', "'05:00.8'"],
    ['12345:05:00.0', "'12345:05:00.0'"],
    ['05:00.0@20', "'05:00.0@20'"],
    ['05:00.0@', "'05:00.0@'"],
    ['05:00.0,,', ''],
    ['05:00.0,permissive', 'permissive'],
    ['05:00.0,foo=1', 'foo=1'],
    ['05:00.0, permissive=1', ' permissive=1'],
    ['05:00.0,vslot=20', "'05:00.0,vslot=20'"],
    ['05:00.0,rdm_policy=foo', "'05:00.0,rdm_policy=foo'"],
    ['05:00.0,name=x', 'name=x'],
    ['bdf=05:00.0x', 'bdf=05:00.0x'],
    ['permissive=1', "'permissive=1'"],
  ] as const) {
    it(`are rejected as by xl: '${entry}'`, () => {
      expect(errors(pciConfig(entry))).to.have.length(1);
      expect(errors(pciConfig(entry))[0]).to.match(/^value-invalid/);
      if (place !== '') expect(errors(pciConfig(entry))).to.deep.equal([`value-invalid: ${place}`]);
    });
  }
});

describe("an xl.cfg's USB devices", () => {
  it('have a bus and a number as xl reads them: decimal, or in C notation', () => {
    for (const entry of ['hostbus=2,hostaddr=26', 'type=hostdev, hostaddr=0x1a,hostbus=02'])
      expect(one(usbConfig(entry)), entry).to.deep.equal({ kind: 'usb', bus: 2, device: 26 });
  });

  it("are read as xl reads libvirt's hexadecimal numbers, which is reported", () => {
    const { domain, found } = read(usbConfig('hostbus=2,hostaddr=1a'));
    expect(domain.hostdevs).to.deep.equal([{ kind: 'usb', bus: 2, device: 1 }]);
    expect(found).to.deep.equal(['xl-ignored: hostaddr=1a']);
  });

  it('preserve their port on a controller of the guest', () => {
    expect(one(usbConfig('hostbus=1,hostaddr=6,controller=0,port=2'))).to.deep.equal({
      kind: 'usb',
      bus: 1,
      device: 6,
      xlParameters: ['controller=0', 'port=2'],
    });
  });

  for (const [entry, found] of [
    ['hostbus', 'value-invalid: hostbus'],
    ['hostbus=1', `value-missing: 'hostbus=1'`],
    ['', `value-missing: ''`],
    ['hostbus=1,hostaddr=a', 'value-invalid: hostaddr=a'],
    ['hostbus=300,hostaddr=1', 'value-invalid: hostbus=300'],
    ['hostbus=1,hostaddr=0', 'value-invalid: hostaddr=0'],
    ['hostbus=-1,hostaddr=1', 'value-invalid: hostbus=-1'],
    ['type=foo,hostbus=1,hostaddr=1', 'value-invalid: type=foo'],
    ['hostbus=1,hostaddr=1,devid=3', 'value-invalid: devid=3'],
  ] as const) {
    it(`are rejected if the address is not valid: '${entry}'`, () => {
      expect(errors(usbConfig(entry))).to.include(found);
    });
  }
});

describe('host devices in an xl.cfg', () => {
  const address = (slot: string): string =>
    `<source><address domain='0x0000' bus='0x05' slot='${slot}' function='0x1'/></source>`;
  const pciDevice = (slot: string): string =>
    `<hostdev mode='subsystem' type='pci'>${address(slot)}</hostdev>`;

  it('are written as by libvirt, but with decimal USB numbers', () => {
    const { settings, found } = settingsOf(
      hvmXml(
        pciDevice('0x1f') +
          `<hostdev mode='subsystem' type='usb'><source><address bus='17' device='26'/></source></hostdev>`,
      ),
    );
    expect(settings['pci']).to.equal('[ "0000:05:1f.1" ]');
    expect(settings['usbdev']).to.equal('[ "hostbus=17,hostaddr=26" ]');
    expect(found).to.deep.equal([]);
  });

  it('cannot be the same one twice', () => {
    const { found } = settingsOf(hvmXml(pciDevice('0x1f') + pciDevice('31')));
    expect(found).to.deep.equal([`value-invalid: <hostdev mode='subsystem' type='pci'>`]);
  });
});

import type { Report } from '../diagnostics/diagnostic.js';
import { derive, originOf, withOrigin } from '../diagnostics/origin.js';
import { omitUndefined } from '../language/omit-undefined.js';
import {
  maximumPciAddress,
  maximumUsbNumber,
  pciAddressText,
  pciDigits,
  type Hostdev,
  type PciAddress,
  type PciHostdev,
  type UsbHostdev,
} from '../model/hostdev.js';
import { parseInteger } from '../xl-syntax/integer.js';
import type { XmlDescriptor } from './descriptor.js';
import type { DomainReader } from './domain-reader.js';
import { reportXlOnly } from './from-metadata.js';
import type { XmlElement } from './xml/element.js';
import { element, textElement, type XmlTree } from './xml/tree.js';

/** Reads a <hostdev>. One that xl cannot assign is an error, as with a disk. */
export function readHostdev(hostdev: XmlElement, report: Report): Hostdev | undefined {
  if (!checkHostdevType(hostdev, report)) return undefined;
  hostdev.attribute('mode');
  return hostdev.attribute('type') === 'pci' ? readPci(hostdev, report) : readUsb(hostdev, report);
}

/**
 * Rejects the kinds of host device that neither xl nor libvirt's Xen driver assigns; the driver ignores them
 * without a message (libxl_conf.c: libxlMakePCIList and libxlMakeUSBList).
 */
export function checkHostdevType(hostdev: XmlElement, report: Report): boolean {
  const [mode = 'subsystem', type = ''] = [hostdev.peek('mode'), hostdev.peek('type')];
  if (mode === 'subsystem' && (type === 'pci' || type === 'usb')) return true;
  const what = mode === 'subsystem' ? `type '${type}'` : `mode '${mode}'`;
  const hint = 'Xen supports PCI and USB devices';
  report.add('device-unsupported', `Xen cannot assign a host device of ${what}`, hostdev.tagSpan, hint);
  return false;
}

/**
 * Reads an <interface> that is a PCI device of the host, such as a virtual function of an SR-IOV card. libvirt gives
 * it the MAC address and VLAN itself (virhostdev.c: virHostdevSetNetConfig); xl passes it through as it is.
 */
function readHostdevInterface(nic: XmlElement, report: Report): PciHostdev | undefined {
  nic.attribute('type');
  const hostdev = readPci(nic, report);
  const mac = nic.peekChild('mac')?.peek('address');
  const tags = nic.children.filter(({ name }) => name === 'vlan').flatMap(({ children }) => children);
  const vlans = tags.flatMap((tag) => tag.peek('id') ?? []);
  const port = nic.peekChild('virtualport');
  const settings = [
    ...(mac === undefined ? [] : [`MAC address ${mac}`]),
    ...(vlans.length === 0 ? [] : [`VLAN ${vlans.join(', ')}`]),
    ...(port ? ['virtual port'] : []),
  ];
  if (hostdev && settings.length > 0) {
    const address = 'bus' in hostdev.source ? pciAddressText(hostdev.source) : '';
    const message = `${settings.join(', ')} of PCI device ${address} omitted: xl passes the device through without network settings`;
    const hint = 'set them in dom0 with ip link set DEVICE vf NUMBER mac ADDRESS vlan ID';
    report.add('hostdev-network', message, nic.tagSpan, hint);
  }
  for (const part of nic.children) if (['mac', 'vlan', 'virtualport'].includes(part.name)) part.markAllRead();
  return hostdev;
}

/** Whether an <interface> is a PCI device of the host. */
export const isHostdevInterface = (nic: XmlElement): boolean => nic.peek('type') === 'hostdev';

function readPci(hostdev: XmlElement, report: Report): PciHostdev | undefined {
  const source = hostdev.child('source');
  const filtering = source?.attribute('writeFiltering');
  const managed = hostdev.attribute('managed') === 'yes';
  const address = readPciAddress(source, hostdev, report);
  readDriver(hostdev, report);
  if (!address) return undefined;
  if (managed) {
    const message = `managed='yes' converted to seize=1: xl detaches ${pciAddressText(address)} from dom0 at the start, but does not return it`;
    report.add('converted', message, hostdev.attributeSpan('managed'));
  }
  return withOrigin<PciHostdev>(
    omitUndefined({
      kind: 'pci',
      source: address,
      permissive: filtering === undefined ? undefined : filtering === 'no',
      managed,
    }),
    hostdev.tagSpan,
  );
}

/** Xen has its own driver for assigned devices. */
function readDriver(hostdev: XmlElement, report: Report): void {
  const driver = hostdev.peekChild('driver');
  const name = driver?.peek('name') ?? driver?.peek('model');
  if (!driver || name === undefined) return;
  driver.markRead().attribute('name');
  if (name === 'xen') return;
  report.add('converted', `Xen's own way of assigning devices takes the place of '${name}'`, driver.tagSpan);
  driver.markAllRead();
}

function readPciAddress(
  source: XmlElement | undefined,
  hostdev: XmlElement,
  report: Report,
): PciAddress | undefined {
  const address = source?.child('address');
  if (!address) {
    report.add('value-missing', "the host's PCI device has no <address>", (source ?? hostdev).tagSpan);
    return undefined;
  }
  const type = address.attribute('type') ?? 'pci';
  if (type !== 'pci') {
    const message = `Xen cannot assign a host device at an address of type '${type}' as a PCI device`;
    report.add('device-unsupported', message, address.attributeSpan('type'));
    return undefined;
  }
  const part = (name: keyof typeof maximumPciAddress): number | undefined =>
    readNumber(address, name, maximumPciAddress[name], report);
  const [domain, bus, slot, last] = [part('domain'), part('bus'), part('slot'), part('function')];
  if (domain === undefined || bus === undefined || slot === undefined || last === undefined) return undefined;
  if (domain === 0 && bus === 0 && slot === 0) {
    report.add('value-invalid', '0000:00:00 is the address of the host bridge', address.tagSpan);
    return undefined;
  }
  return { domain, bus, slot, function: last };
}

/** Parses a number in C notation, as libvirt does; 0 if it is absent. */
function readNumber(address: XmlElement, name: string, maximum: number, report: Report): number | undefined {
  const text = address.attribute(name) ?? '0';
  const value = parseInteger(text);
  if (value !== undefined && value >= 0 && value <= maximum) return value;
  const message = `${name}='${text}' is not a number from 0 to 0x${maximum.toString(16)}`;
  report.add('value-invalid', message, address.attributeSpan(name));
  return undefined;
}

/** The USB bus of a device with a vendor and product is known to the host only. */
function readUsb(hostdev: XmlElement, report: Report): UsbHostdev | undefined {
  const source = hostdev.child('source');
  const address = source?.child('address');
  if (hostdev.peek('managed') === 'no') hostdev.attribute('managed');
  if (!address) {
    const message = 'xl identifies USB devices of the host by bus and number only';
    const hint = "add <address bus='...' device='...'/> to <source>; lsusb shows both";
    report.add('device-unsupported', message, (source ?? hostdev).tagSpan, hint);
    return undefined;
  }
  const number = (name: string): number | undefined => readNumber(address, name, maximumUsbNumber, report);
  const [bus, device] = [number('bus'), number('device')];
  if (bus === undefined || device === undefined) return undefined;
  if (bus === 0 || device === 0) {
    report.add('value-invalid', 'USB buses and the devices on them are counted from 1', address.tagSpan);
    return undefined;
  }
  return withOrigin<UsbHostdev>({ kind: 'usb', bus, device }, hostdev.tagSpan);
}

/** Every function of a device, as one of the parameters that only xl has: libvirt assigns one function at a time. */
const allFunctions = 'function=*';

/** What libvirt's XML cannot express, as parameters for <metadata>. */
export function withoutXml(hostdev: Hostdev): readonly string[] {
  const own = hostdev.xlParameters ?? [];
  const isWhole = hostdev.kind === 'pci' && 'bus' in hostdev.source && hostdev.source.function === 'all';
  return isWhole ? [allFunctions, ...own] : own;
}

/** Restores what was preserved in <metadata>. */
export function restoreHostdev(hostdev: Hostdev, words: readonly string[]): Hostdev {
  const own = words.filter((word) => word !== allFunctions);
  const xlParameters = own.length > 0 ? { xlParameters: own } : {};
  const whole =
    hostdev.kind === 'pci' && 'bus' in hostdev.source && own.length < words.length
      ? { source: { ...hostdev.source, function: 'all' as const } }
      : {};
  return derive<Hostdev>(hostdev, { ...whole, ...xlParameters });
}

/** Writes a <hostdev>; undefined, with a report, if it is identified by a name, which only xl supports. */
export function writeHostdev(hostdev: Hostdev, report: Report): XmlTree | undefined {
  if (hostdev.kind === 'usb') {
    const { bus, device } = hostdev;
    return write('usb', false, {}, { bus, device });
  }
  const { source, permissive, managed } = hostdev;
  if ('name' in source) {
    const message = `libvirt identifies PCI devices by address, not by the name '${source.name}'`;
    report.add('device-unsupported', message, originOf(hostdev), 'use its address instead of name=');
    return undefined;
  }
  const hex = (value: number, digits: number): string => `0x${pciDigits(value, digits)}`;
  return write(
    'pci',
    managed,
    { writeFiltering: permissive === undefined ? undefined : permissive ? 'no' : 'yes' },
    {
      domain: hex(source.domain, 4),
      bus: hex(source.bus, 2),
      slot: hex(source.slot, 2),
      function: hex(source.function === 'all' ? 0 : source.function, 1),
    },
  );
}

const write = (
  type: Hostdev['kind'],
  managed: boolean,
  source: Readonly<Record<string, string | undefined>>,
  address: Readonly<Record<string, string | number>>,
): XmlTree =>
  element('hostdev', { mode: 'subsystem', type, managed: managed ? 'yes' : 'no' }, [
    element('source', source, [element('address', address)]),
  ]);

/** In the order of <hostdev>, with interfaces last, so that the positions of the others do not change. */
const hostdevElements = (reader: DomainReader): readonly XmlElement[] => [
  ...reader.all('hostdev'),
  ...reader.all('interface').filter(isHostdevInterface),
];

/** Whether a <driver> selects KVM's way of assigning a device. */
export const isDriverOfKvm = (driver: XmlElement): boolean =>
  ['vfio', 'kvm'].includes(driver.peek('name') ?? '');

/** Why libvirt's Xen driver rejects it. */
export const ownDriver = ['implied', 'Xen assigns devices with its own driver'] as const;

export const hostdevs: XmlDescriptor<'hostdevs'> = {
  field: 'hostdevs',
  parent: 'devices',
  read: (reader) =>
    reader.readEach(hostdevElements(reader), (element, report, place) => {
      const isInterface = element.name === 'interface';
      const hostdev = (isInterface ? readHostdevInterface : readHostdev)(element, report);
      const words = hostdev && reader.preserved.parameters('hostdev', 'place', String(place + 1));
      return words ? restoreHostdev(hostdev, words) : hostdev;
    }),
  check: ({ hostdevs }, report) => {
    for (const [index, hostdev] of hostdevs.entries()) {
      reportXlOnly(`host device ${index + 1}`, withoutXml(hostdev), originOf(hostdev), report);
    }
  },
  write: ({ hostdevs }, { report }) => hostdevs.map((hostdev) => writeHostdev(hostdev, report)),
  preserve: ({ hostdevs }) =>
    hostdevs.map((hostdev, index) =>
      textElement('v2x:hostdev', withoutXml(hostdev).join(',') || undefined, { place: index + 1 }),
    ),
  unsupported: [
    ['devices/hostdev/@managed', 'implied', "libxl detaches USB devices from the host's driver"],
    ['devices/hostdev/source/vendor', 'implied', 'the device is identified by bus and number'],
    ['devices/hostdev/source/product', 'implied', 'the device is identified by bus and number'],
    ['devices/hostdev/rom', 'unsupported', 'xl cannot choose the ROM of an assigned device'],
    ['devices/hostdev/boot', 'unsupported', 'xl cannot boot from an assigned device'],
    ['devices/hostdev/teaming', 'unsupported', 'xl cannot pair a device with an interface'],
    [
      'devices/hostdev/source/@startupPolicy',
      'unsupported',
      'xl does not start a domain without the specified device',
    ],
  ],
  adapt: [{ path: 'devices/hostdev/driver', driver: 'rejects', when: isDriverOfKvm, because: ownDriver }],
};

import type { Disk } from '../model/disk.js';
import { driveNumber } from '../model/drive-letters.js';
import type { Domain } from '../model/domain.js';
import { inDeviceOrder } from './order.js';
import { element, textElement, type XmlTree } from './xml/tree.js';

/*
 * The profile `libvirt`: the XML as libvirt prints it after defining the domain, with what it adds (libxl_domain.c:
 * libxlDomainDefPostParse, domain_conf.c). It describes the same guest, for programs that compare it with libvirt's
 * own output.
 */

/** libvirt writes the backend of every disk, and treats those without one as files served by QEMU. */
export function withLibvirtsDisks(domain: Domain): Domain {
  const disks = domain.disks.map((disk): Disk => {
    if (disk.backend !== undefined) return disk;
    const { source } = disk;
    return {
      ...disk,
      backend: 'qdisk',
      ...(source?.kind === 'block' && { source: { kind: 'file', path: source.path } }),
    };
  });
  return { ...domain, disks };
}

/** Adds the elements that libvirt adds. */
export function withImplied(tree: XmlTree, domain: Domain): XmlTree {
  return {
    ...tree,
    children: tree.children.map((child) => {
      if (child.name === 'devices') return withDevices(child, domain);
      return child.name === 'os' ? withLoader(child, domain) : child;
    }),
  };
}

/** The firmware path of an HVM guest without other firmware, as in Debian. */
function withLoader(os: XmlTree, domain: Domain): XmlTree {
  if (domain.os.type !== 'hvm') return os;
  const rom = textElement('loader', '/usr/lib/xen/boot/hvmloader', { type: 'rom', format: 'raw' });
  const hasLoader = os.children.some(({ name }) => name === 'loader');
  return {
    ...os,
    children: os.children.flatMap((child) => {
      if (child.name === 'loader')
        return [{ ...child, attributes: [...child.attributes, ['format', 'raw']] }];
      return child.name === 'type' && !hasLoader && rom ? [child, rom] : [child];
    }),
  };
}

function withDevices(devices: XmlTree, domain: Domain): XmlTree {
  const isHvm = domain.os.type === 'hvm';
  const children = isHvm ? devices.children.map(withDriveAddress) : devices.children;
  const has = (name: string, type?: string): boolean =>
    children.some(
      (child) => child.name === name && (type === undefined || attributeOf(child, 'type') === type),
    );
  const bus = isHvm ? 'ps2' : 'xen';
  const added = [
    ...controllersOf(children, 'scsi'),
    ...controllersOf(children, 'ide'),
    ...(isHvm && !has('console') ? consoleOf(children) : []),
    element('input', { type: 'mouse', bus }),
    element('input', { type: 'keyboard', bus }),
    ...(has('graphics') && !has('video') ? [adapterOf(isHvm)] : []),
    element('memballoon', { model: 'xen' }),
  ];
  // Xen's own bus, before the controllers of the document.
  const xenbus = has('controller', 'xenbus') ? [] : [element('controller', { type: 'xenbus', index: 0 })];
  return { ...devices, children: inDeviceOrder([...xenbus, ...children, ...added]) };
}

/** The first serial port is the console, whatever its number. */
function consoleOf(devices: readonly XmlTree[]): readonly XmlTree[] {
  const serial = devices.find(({ name }) => name === 'serial');
  if (!serial) return [];
  const children = serial.children.map((child) =>
    child.name === 'target' ? element('target', { type: 'serial', port: attributeOf(child, 'port') }) : child,
  );
  return [{ ...serial, name: 'console', children: children.filter(({ name }) => name !== 'protocol') }];
}

function adapterOf(isHvm: boolean): XmlTree {
  const model = isHvm ? { type: 'cirrus', vram: 8192 } : { type: 'xen', vram: 4096 };
  return element('video', {}, [element('model', { ...model, heads: 1, primary: 'yes' })]);
}

/** The positions of emulated drives: two on each of the two channels of an IDE controller, seven on a SCSI bus. */
const places: Readonly<Record<string, (drive: number) => { controller: number; bus: number; unit: number }>> =
  {
    ide: (drive) => ({ controller: Math.floor(drive / 4), bus: Math.floor(drive / 2) % 2, unit: drive % 2 }),
    scsi: (drive) => ({ controller: Math.floor(drive / 7), bus: 0, unit: drive % 7 }),
  };

function withDriveAddress(device: XmlTree): XmlTree {
  const target = device.name === 'disk' && device.children.find(({ name }) => name === 'target');
  if (!target) return device;
  const place = places[attributeOf(target, 'bus') ?? ''];
  const letters = /^[hsv]d([a-z]{1,2})/.exec(attributeOf(target, 'dev') ?? '')?.[1];
  if (!place || letters === undefined) return device;
  const { controller, bus, unit } = place(driveNumber(letters));
  const address = element('address', { type: 'drive', controller, bus, target: 0, unit });
  return { ...device, children: [...device.children, address] };
}

/** A controller for every number up to the highest one of a drive. */
function controllersOf(devices: readonly XmlTree[], type: string): readonly XmlTree[] {
  const numbers = devices.map((device) => {
    const target = device.children.find(({ name }) => name === 'target');
    const address = device.children.find(({ name }) => name === 'address');
    if (device.name !== 'disk' || !target || !address || attributeOf(target, 'bus') !== type) return -1;
    return Number(attributeOf(address, 'controller'));
  });
  return Array.from({ length: numbers.reduce((a, b) => Math.max(a, b), -1) + 1 }, (_, index) =>
    element('controller', { type, index }),
  );
}

const attributeOf = ({ attributes }: XmlTree, name: string): string | undefined =>
  attributes.find(([key]) => key === name)?.[1];

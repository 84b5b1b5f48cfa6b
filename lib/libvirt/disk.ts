import type { Report } from '../diagnostics/diagnostic.js';
import { withOrigin } from '../diagnostics/origin.js';
import {
  diskFormats,
  type Disk,
  type DiskBackend,
  type DiskBus,
  type DiskFormat,
  type DiskSource,
} from '../model/disk.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

const backendOf: Readonly<Record<string, DiskBackend>> = {
  qemu: 'qdisk',
  file: 'qdisk',
  phy: 'phy',
  tap: 'tap',
  tap2: 'tap',
};
const driverOf: Readonly<Record<DiskBackend, string>> = { qdisk: 'qemu', phy: 'phy', tap: 'tap' };

/** libvirt's names of the buses; `xen` and `virtio` are the paravirtual ones of either hypervisor. */
const busOf: Readonly<Record<string, DiskBus>> = {
  ide: 'ide',
  scsi: 'scsi',
  sata: 'sata',
  usb: 'usb',
  virtio: 'virtio',
  xen: 'paravirtual',
};

/** Reads a <disk>. One that xl could not serve is an error: a guest without its disk is another guest. */
export function readDisk(disk: XmlElement, report: Report): Disk | undefined {
  const device = disk.attribute('device') ?? 'disk';
  const target = disk.child('target');
  const name = target?.attribute('dev');
  if (!target || name === undefined || name === '') {
    report.add('value-missing', "the disk has no <target dev='...'/>", (target ?? disk).tagSpan);
    return undefined;
  }
  const bus = target.attribute('bus');
  const transient = disk.child('transient');
  if (transient)
    report.add(
      'machine-lost',
      'xl has no transient disks: what the guest writes would stay',
      transient.tagSpan,
    );
  const isReadonly = disk.child('readonly') !== undefined;
  const driver = disk.child('driver');
  const backend = readBackend(driver);
  if (device === 'lun') report.add('mapped', 'a LUN becomes a plain disk', disk.attributeSpan('device'));
  const format = readFormat(driver, name, report);
  const source = readSource(disk, report);
  if (source === 'unknown' || format === undefined) return undefined;
  if (!source && device !== 'cdrom') {
    report.add('value-missing', `disk '${name}' has no source`, disk.tagSpan, 'only a cdrom can be empty');
    return undefined;
  }
  return withOrigin<Disk>(
    {
      device: device === 'cdrom' ? 'cdrom' : 'disk',
      ...(source && { source }),
      format,
      ...(backend && { backend }),
      target: name,
      ...(bus !== undefined && Object.hasOwn(busOf, bus) && { bus: busOf[bus] ?? 'paravirtual' }),
      readonly: isReadonly || device === 'cdrom',
    },
    disk.tagSpan,
    {
      target: target.attributeSpan('dev'),
      source: disk.children.find((child) => child.name === 'source')?.tagSpan,
    },
  );
}

/** A driver that Xen does not have stays unread. */
function readBackend(driver: XmlElement | undefined): DiskBackend | undefined {
  const given = driver?.peek('name');
  if (given === undefined || !Object.hasOwn(backendOf, given)) return undefined;
  driver?.attribute('name');
  return backendOf[given];
}

/** An ISO image is raw bytes, as is what tapdisk calls aio. */
function readFormat(driver: XmlElement | undefined, disk: string, report: Report): DiskFormat | undefined {
  const type = driver?.attribute('type');
  if (driver === undefined || type === undefined || type === 'iso' || type === 'aio') return 'raw';
  const format = diskFormats.find((known) => known === type);
  if (format) return format;
  const hint = `xl serves ${diskFormats.join(', ')}; convert the image with qemu-img`;
  report.add(
    'machine-lost',
    `disk '${disk}': xl cannot serve images of format '${type}'`,
    driver.attributeSpan('type'),
    hint,
  );
  return undefined;
}

function readSource(disk: XmlElement, report: Report): DiskSource | undefined | 'unknown' {
  const type = disk.attribute('type') ?? 'file';
  const source = disk.child('source');
  if (type === 'file' || type === 'block') {
    const path = source?.attribute(type === 'file' ? 'file' : 'dev');
    return path ? { kind: type, path } : undefined;
  }
  report.add(
    'machine-lost',
    `virt2xen does not translate disks of type '${type}'`,
    disk.attributeSpan('type'),
  );
  return 'unknown';
}

/** Writes a <disk>. Without a backend there is no driver name, and the toolstack chooses, as it would have. */
export function writeDisk(disk: Disk): XmlTree {
  const { source, backend } = disk;
  const type = source?.kind ?? 'file';
  return element('disk', { type, device: disk.device }, [
    element('driver', { name: backend && driverOf[backend], type: disk.format }),
    source && element('source', source.kind === 'file' ? { file: source.path } : { dev: source.path }),
    element('target', { dev: disk.target, bus: disk.bus === 'paravirtual' ? 'xen' : disk.bus }),
    disk.readonly || disk.device === 'cdrom' ? element('readonly') : undefined,
  ]);
}

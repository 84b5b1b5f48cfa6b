import { Report } from '../diagnostics/diagnostic.js';
import { derive, originOf, withOrigin } from '../diagnostics/origin.js';
import { omitUndefined } from '../language/omit-undefined.js';
import {
  diskFormats,
  emptyDriveReason,
  pathOf,
  type Disk,
  type DiskBackend,
  type DiskBus,
  type DiskFormat,
} from '../model/disk.js';
import { joinTarget, scriptOf, targetOf } from '../model/disk-parameters.js';
import type { FormatOptions } from '../document/options.js';
import { isLibvirts } from '../document/profile.js';
import type { XmlDescriptor } from './descriptor.js';
import { driverRejects, readSource, secretOf, writeSource } from './disk-source.js';
import { reportXlOnly } from './from-metadata.js';
import { addrIPorName, blockPath, checkSchema, filePath } from './schema.js';
import type { XmlElement } from './xml/element.js';
import { element, textElement, type XmlTree } from './xml/tree.js';

const backendOf: Readonly<Record<string, DiskBackend>> = {
  qemu: 'qdisk',
  file: 'qdisk',
  phy: 'phy',
  tap: 'tap',
  tap2: 'tap',
  aio: 'tap',
};
export const driverOf: Readonly<Record<DiskBackend, string>> = { qdisk: 'qemu', phy: 'phy', tap: 'tap' };

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
export function readDisk(disk: XmlElement, report: Report, options: FormatOptions = {}): Disk | undefined {
  const device = disk.attribute('device') ?? 'disk';
  const target = disk.child('target');
  const name = target?.attribute('dev');
  if (!target || name === undefined || name === '') {
    report.add('value-missing', "the disk has no <target dev='...'/>", (target ?? disk).tagSpan);
    return undefined;
  }
  const bus = readBus(target);
  const transient = disk.child('transient');
  if (transient)
    report.add(
      'device-unsupported',
      'xl has no transient disks: changes by the guest would be permanent',
      transient.tagSpan,
    );
  const isReadonly = disk.child('readonly') !== undefined;
  const driver = disk.child('driver');
  const backend = readBackend(driver);
  if (device === 'lun')
    report.add('converted', 'LUN converted to a plain disk', disk.attributeSpan('device'));
  const format = readFormat(driver, name, report);
  const source = readSource(disk, report, options);
  const backendDomain = disk.child('backenddomain')?.attribute('name');
  // xl discards by default, on a disk that can be written to (libxl_disk.c); of "unmap" nothing need be said.
  const keepsBlocks = driver?.peek('discard') === 'ignore' && driver.attribute('discard') !== undefined;
  if (source === 'unknown' || format === undefined) return undefined;
  if (!source && device !== 'cdrom') {
    report.add('value-missing', `disk '${name}' has no source`, disk.tagSpan, 'only a cdrom can be empty');
    return undefined;
  }
  return withOrigin<Disk>(
    omitUndefined({
      device: device === 'cdrom' ? 'cdrom' : 'disk',
      source,
      format,
      backend,
      target: name,
      bus,
      readonly: isReadonly || device === 'cdrom',
      backendDomain,
      xlParameters: keepsBlocks ? ['no-discard'] : undefined,
    }),
    disk.tagSpan,
    {
      target: target.attributeSpan('dev'),
      bus: target.attributeSpan('bus'),
      backend: driver?.attributeSpan('name'),
      source: disk.peekChild('source')?.tagSpan,
    },
  );
}

/** A bus that Xen does not support for disks stays unread. */
function readBus(target: XmlElement): DiskBus | undefined {
  const given = target.peek('bus');
  if (given === undefined || !Object.hasOwn(busOf, given)) return undefined;
  target.attribute('bus');
  return busOf[given];
}

/** A driver that Xen does not support stays unread. */
function readBackend(driver: XmlElement | undefined): DiskBackend | undefined {
  const given = driver?.peek('name');
  if (given === undefined || !Object.hasOwn(backendOf, given)) return undefined;
  driver?.attribute('name');
  return backendOf[given];
}

/** An ISO image is raw data, as is what tapdisk calls aio. */
function readFormat(driver: XmlElement | undefined, disk: string, report: Report): DiskFormat | undefined {
  const type = driver?.attribute('type');
  if (driver === undefined || type === undefined || type === 'iso' || type === 'aio') return 'raw';
  const format = diskFormats.find((known) => known === type);
  if (format) return format;
  const hint = `xl serves ${diskFormats.join(', ')}; convert the image with qemu-img`;
  report.add(
    'device-unsupported',
    `disk '${disk}': xl cannot serve images of format '${type}'`,
    driver.attributeSpan('type'),
    hint,
  );
  return undefined;
}

/** Writes a <disk>. Without a backend there is no driver name, and the toolstack chooses one as for xl. */
export function writeDisk(disk: Disk): XmlTree {
  const { source, backend } = disk;
  const type = source?.kind === 'rbd' ? 'network' : (source?.kind ?? 'file');
  return element('disk', { type, device: disk.device }, [
    element('driver', { name: backend && driverOf[backend], type: disk.format }),
    source && writeSource(source),
    element('target', { dev: disk.target, bus: disk.bus === 'paravirtual' ? 'xen' : disk.bus }),
    disk.readonly || disk.device === 'cdrom' ? element('readonly') : undefined,
    disk.backendDomain === undefined ? undefined : element('backenddomain', { name: disk.backendDomain }),
  ]);
}

/** Reports what libvirt cannot express of a disk. */
function checkDisk(disk: Disk, report: Report): void {
  const { source } = disk;
  if (source?.kind === 'rbd' && source.user !== undefined) {
    report.add(
      'disk-secret',
      `libvirt requires a secret for the key of Ceph user '${source.user}'; assumed usage: ${secretOf(source.user)}`,
      originOf(disk),
      'define it with virsh secret-define and secret-set-value',
    );
  }
  if (source?.kind === 'network') {
    const place = originOf(disk, 'source') ?? originOf(disk);
    const message = `disk '${disk.target}': ${driverRejects(source)}`;
    report.add('disk-network', message, place, 'start the guest with xl');
  }
  const path = pathOf(source);
  const isScript = scriptOf(disk.xlParameters) !== undefined;
  if (path && !path.startsWith('/') && !isScript) {
    const message = `libvirt cannot express a disk target that is not a path: '${path}'`;
    report.add('device-unsupported', message, originOf(disk));
  }
  const beyond = disk.xlParameters?.filter((parameter) => targetOf([parameter]) === undefined);
  reportXlOnly(`disk '${disk.target}'`, beyond, originOf(disk), report);
  const place = originOf(disk, 'source');
  checkSchema('the path of a disk', path, source?.kind === 'block' ? blockPath : filePath, place, report);
  if (source?.kind !== 'rbd') return;
  for (const { host } of source.monitors) checkSchema('a monitor', host, addrIPorName, place, report);
}

/** What a document says with libvirt's own words replaces what is preserved of it. */
function withPreserved(disk: Disk, preserved: readonly string[]): Disk {
  const own = disk.xlParameters ?? [];
  const isReplaced = (parameter: string): boolean => own.length > 0 && /^(?:no-)?discard$/.test(parameter);
  const others = joinTarget(preserved).filter((parameter) => !isReplaced(parameter));
  return derive(disk, { xlParameters: [...own, ...others] });
}

/**
 * The script that makes the block device, which Qubes added to libvirt. Without it, the guest would have another disk.
 * libvirt's own converter ignores it (profile `libvirt`), as KVM does.
 */
function withScript(disk: Disk, element: XmlElement): Disk {
  const path = element.child('script')?.attribute('path');
  return path ? derive(disk, { xlParameters: [...(disk.xlParameters ?? []), `script=${path}`] }) : disk;
}

function isEmptyDrive(disk: XmlElement): boolean {
  if (disk.peek('device') !== 'cdrom') return false;
  const drive = readDisk(disk, new Report());
  return drive !== undefined && !drive.source;
}

/** A floppy drive stays unread. */
const scriptReason = 'only the libvirt of Qubes has scripts for disks';

export const disks: XmlDescriptor<'disks'> = {
  field: 'disks',
  parent: 'devices',
  read: (reader) =>
    reader.readEach(
      reader.all('disk').filter((disk) => disk.peek('device') !== 'floppy'),
      (element, report) => {
        const read = reader.disks?.get(element) ?? readDisk(element, report, reader.options);
        const isScripted = read && !reader.kvm && !isLibvirts(reader.options);
        const disk = isScripted ? withScript(read, element) : read;
        const xlParameters = disk && reader.preserved.parameters('disk', 'target', disk.target);
        return xlParameters ? withPreserved(disk, xlParameters) : disk;
      },
    ),
  check: ({ disks }, report) => {
    for (const disk of disks) checkDisk(disk, report);
  },
  write: ({ disks }) => disks.map(writeDisk),
  preserve: ({ disks }) =>
    disks.map(({ target, xlParameters }) => textElement('v2x:disk', xlParameters?.join(','), { target })),
  unsupported: [
    ['devices/disk/backingStore', 'implied', 'the backing chain is read from the image'],
    ['devices/disk/@model', 'implied', "it selects a variant of KVM's virtio device"],
    ['devices/disk/source/host', 'unsupported', 'the URL of an image names one server'],
    ['devices/disk/source/@index', 'implied', 'it is an index of a running domain'],
    ['devices/disk', 'unsupported', 'xl has no floppy drives'],
    ['devices/disk/target/@bus', 'unsupported', "xl derives the bus from the disk's name", 'replaced'],
    ['devices/disk/script', 'unsupported', scriptReason],
    ['devices/disk/serial', 'unsupported', 'Xen disks have no serial number'],
    ['devices/disk/driver/iothreads', 'implied', "Xen's disk backends have threads of their own"],
    ['devices/disk/driver/@iothread', 'implied', "Xen's disk backends have threads of their own"],
    ['devices/disk/driver/@*', 'unsupported', 'xl leaves this to the backend'],
    ['devices/disk/iotune', 'unsupported', 'xl does not limit what a guest reads and writes'],
    ['devices/disk/shareable', 'unsupported', 'xl does not check whether other guests use the disk'],
    ['devices/disk/blockio', 'unsupported', "xl cannot set the size of a disk's blocks"],
    ['devices/disk/geometry', 'unsupported', 'xl cannot set the geometry of a disk'],
    ['devices/disk/source/reservations', 'unsupported', 'Xen does not pass SCSI commands through'],
    ['devices/disk/@snapshot', 'unsupported', 'xl does not create snapshots'],
    [
      'devices/disk/source/@startupPolicy',
      'unsupported',
      'xl does not start a domain without the specified medium',
    ],
  ],
  adapt: [
    {
      path: 'devices/disk',
      driver: 'rejects',
      when: (disk, guest) => guest !== 'hvm' && isEmptyDrive(disk),
      because: ['unsupported', emptyDriveReason],
    },
    { path: 'devices/disk/script', driver: 'ignores', because: ['no-effect', scriptReason] },
  ],
};

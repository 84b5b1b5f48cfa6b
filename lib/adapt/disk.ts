import { disksToXen, reportBus } from '../to-xen/disk.js';
import type { HostOptions } from '../document/options.js';
import { Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import { driverOf, readDisk } from '../libvirt/disk.js';
import { driverRejects } from '../libvirt/disk-source.js';
import type { XmlElement } from '../libvirt/xml/element.js';
import { attachHint, imageOnUrl, type Disk } from '../model/disk.js';
import { driveLetters } from '../model/drive-letters.js';
import type { XmlRewriter, GuestKind, Removal } from './xml-rewriter.js';

/**
 * What depends on the bus of a disk, by its location below <disk>: libvirt rejects it on another bus, or ignores it
 * (domain_validate.c: virDomainDiskDefValidate; qemu_validate.c).
 */
const attributesOfBus = {
  disk: ['model'],
  driver: [
    'queues',
    'queue_size',
    'ioeventfd',
    'event_idx',
    'iothread',
    'iommu',
    'ats',
    'packed',
    'page_per_vq',
  ],
  target: ['tray', 'removable', 'rotation_rate'],
} as const;
const elementsOfBus: Readonly<Record<string, Removal['code']>> = {
  address: 'implied',
  wwn: 'unsupported',
  vendor: 'unsupported',
  product: 'unsupported',
};
const reasonOfBus = 'it belongs to the bus of the other hypervisor';

/** What disks are adapted for. */
interface DiskTarget {
  readonly guest: GuestKind;
  readonly kvm: boolean;
  /** The hard disk to boot first. */
  readonly bootDisk: string | undefined;
  readonly host: HostOptions;
}

/**
 * Gives disks Xen's names and buses: those that `convert` gives them.
 * @returns the disks on either hypervisor
 */
export function adaptDisks(
  rewriter: XmlRewriter,
  { guest, kvm, bootDisk, host }: DiskTarget,
): { readonly before: readonly Disk[]; readonly after: readonly Disk[] } {
  const read: Disk[] = [];
  const elements: XmlElement[] = [];
  for (const element of rewriter.all('disk')) {
    // The driver ignores floppy drives.
    if (element.peek('device') === 'floppy') continue;
    const disk = readForLibvirt(element, rewriter);
    if (!disk) continue;
    if (disk.source?.kind === 'network') {
      const place = originOf(disk, 'source');
      rewriter.report.add('device-unsupported', driverRejects(disk.source), place, attachHint);
      continue;
    }
    if (disk.source?.kind === 'rbd') {
      const place = originOf(disk, 'source');
      rewriter.report.add('disk-network', imageOnUrl(disk, 'Ceph'), place, attachHint);
    }
    read.push(disk);
    elements.push(element);
  }
  const os =
    guest === 'hvm'
      ? ({ type: guest, boot: [], ...(bootDisk !== undefined && { bootDisk }) } as const)
      : ({ type: guest } as const);
  const hypervisor = kvm ? 'kvm' : 'xen';
  const converted = disksToXen({ disks: read, hypervisor, os }, rewriter.report, host);
  for (const disk of converted) reportBus(disk, os, rewriter.report);
  for (const [i, element] of elements.entries()) {
    const [before, after] = [read[i], converted[i]];
    if (before && after) adaptDisk(element, before, after, rewriter);
  }
  return { before: read, after: converted };
}

/** libvirt passes a secret to Ceph, which xl cannot do; adapt need not report that. */
function readForLibvirt(element: XmlElement, rewriter: XmlRewriter): Disk | undefined {
  const report = new Report();
  const disk = readDisk(element, report);
  for (const { code, message, span, hint } of report.diagnostics) {
    if (code !== 'disk-secret') rewriter.report.add(code, message, span, hint);
  }
  if (disk) rewriter.disks.set(element, disk);
  return disk;
}

function adaptDisk(element: XmlElement, before: Disk, after: Disk, rewriter: XmlRewriter): void {
  const { editor } = rewriter;
  const target = element.peekChild('target');
  const driver = element.peekChild('driver');
  if (!target) return;
  const type = driver?.peek('type');
  if (driver && type === 'iso') rewriter.change(driver, 'type', 'raw');
  // disksToXen has reported it.
  if (driver && after.backend !== undefined && after.backend !== before.backend) {
    editor.setAttribute(driver, 'name', driverOf[after.backend]);
    if (type === 'aio') editor.setAttribute(driver, 'type', 'raw');
  }
  if (element.peek('device') === 'lun') {
    editor.setAttribute(element, 'device', 'disk');
    for (const name of ['rawio', 'sgio']) {
      rewriter.removeAttribute(element, name, {
        code: 'unsupported',
        reason: 'Xen does not pass SCSI commands through',
      });
    }
  }
  if (after.source !== before.source) adaptVolume(element, after, rewriter);
  if (after.target !== before.target || after.bus !== before.bus) {
    editor.setAttribute(target, 'dev', after.target);
    editor.setAttribute(target, 'bus', after.bus === 'ide' ? 'ide' : 'xen');
  } else if (before.bus !== 'paravirtual') return;
  const withoutAttributes = (owner: XmlElement, names: readonly string[]): void => {
    for (const name of owner.attributeNames.filter((given) => names.includes(given)))
      rewriter.removeAttribute(owner, name, { code: 'implied', reason: reasonOfBus });
  };
  withoutAttributes(element, attributesOfBus.disk);
  if (driver) withoutAttributes(driver, attributesOfBus.driver);
  withoutAttributes(target, attributesOfBus.target);
  for (const part of element.children) {
    const code = Object.hasOwn(elementsOfBus, part.name) ? elementsOfBus[part.name] : undefined;
    if (code) rewriter.remove(part, { code, reason: reasonOfBus });
  }
  for (const part of driver?.children ?? []) {
    if (part.name === 'iothreads') rewriter.remove(part, { code: 'implied', reason: reasonOfBus });
  }
}

/**
 * Replaces a volume by its file or block device: libvirt's Xen driver does not look up pools (libxl_conf.c:
 * libxlMakeDisk).
 */
function adaptVolume(element: XmlElement, { source }: Disk, { editor }: XmlRewriter): void {
  const place = element.peekChild('source');
  if (!place || !source || !('path' in source)) return;
  editor.setAttribute(element, 'type', source.kind);
  for (const name of ['pool', 'volume', 'mode']) editor.removeAttribute(place, name);
  editor.setAttribute(place, source.kind === 'file' ? 'file' : 'dev', source.path);
}

/** The backends of disks in dom0, which KVM's driver does not support. */
const xensDrivers: readonly string[] = ['phy', 'tap', 'tap2', 'aio', 'file'];

/**
 * Converts Xen's bus back to virtio, with the same letters where they are free.
 * @returns the disks on either hypervisor
 */
export function restoreDisks(rewriter: XmlRewriter): {
  readonly before: readonly NamedDisk[];
  readonly after: readonly NamedDisk[];
} {
  const { editor } = rewriter;
  for (const disk of rewriter.all('disk')) {
    const driver = disk.peekChild('driver');
    if (driver && xensDrivers.includes(driver.peek('name') ?? '')) rewriter.change(driver, 'name', 'qemu');
  }
  const targets = rewriter.all('disk').flatMap((disk) => disk.peekChild('target') ?? []);
  const taken = new Set(targets.map((target) => editor.valueOf(target, 'dev')));
  const named = (name: (target: XmlElement) => string | undefined): readonly NamedDisk[] =>
    targets.map((target) => ({
      device: target.parent?.peek('device') === 'cdrom' ? 'cdrom' : 'disk',
      target: name(target) ?? '',
    }));
  for (const target of targets) {
    if (rewriter.isRestored(target, 'dev') || rewriter.isRestored(target, 'bus')) continue;
    const name = target.peek('dev') ?? '';
    const [, letters] = /^xvd([a-z]+)[0-9]*$/.exec(name) ?? [];
    if (target.peek('bus') !== 'xen' && (letters === undefined || target.peek('bus') !== undefined)) continue;
    let wanted = `vd${letters ?? 'a'}`;
    for (let i = 0; taken.has(wanted); i++) wanted = `vd${driveLetters(i)}`;
    taken.add(wanted);
    rewriter.change(target, 'dev', wanted, `disk '${name}' renamed to '${wanted}'`);
    editor.setAttribute(target, 'bus', 'virtio');
  }
  return {
    before: named((target) => target.peek('dev')),
    after: named((target) => editor.valueOf(target, 'dev')),
  };
}

type NamedDisk = Pick<Disk, 'device' | 'target'>;

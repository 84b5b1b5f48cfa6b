import { disksToXen } from '../to-xen/disk.js';
import { Report } from '../diagnostics/diagnostic.js';
import { readDisk } from '../libvirt/disk.js';
import type { XmlElement } from '../libvirt/xml/element.js';
import type { Disk } from '../model/disk.js';
import { driveLetters } from '../model/drive-letters.js';
import type { XmlRewriter, GuestKind } from './xml-rewriter.js';

/** Attributes of <driver> that libvirt takes for virtio disks only (domain_validate.c). */
const virtioOnly = ['queues', 'ioeventfd', 'event_idx', 'iommu', 'ats', 'packed', 'page_per_vq'] as const;

/** Gives disks Xen's names and buses: those that `convert` gives them. */
export function adaptDisks(rewriter: XmlRewriter, guest: GuestKind, kvm: boolean): void {
  const read: Disk[] = [];
  const elements: XmlElement[] = [];
  for (const element of rewriter.all('disk')) {
    if (element.peek('device') === 'floppy') {
      rewriter.report.add(
        'no-effect',
        "<disk> has no effect: Xen's driver does not support floppy drives",
        element.tagSpan,
      );
      continue;
    }
    const disk = readForLibvirt(element, rewriter);
    if (!disk) continue;
    read.push(disk);
    elements.push(element);
  }
  const os = guest === 'hvm' ? ({ type: guest, boot: [] } as const) : ({ type: guest } as const);
  const converted = disksToXen({ disks: read, hypervisor: kvm ? 'kvm' : 'xen', os }, rewriter.report);
  for (const [i, element] of elements.entries()) {
    const [before, after] = [read[i], converted[i]];
    if (before && after) adaptDisk(element, before, after, rewriter);
  }
}

/** libvirt gives a secret of its own to Ceph; xl could not, which is no matter here. */
function readForLibvirt(element: XmlElement, rewriter: XmlRewriter): Disk | undefined {
  const report = new Report();
  const disk = readDisk(element, report);
  for (const { code, message, span, hint } of report.diagnostics) {
    if (code !== 'disk-secret') rewriter.report.add(code, message, span, hint);
  }
  return disk;
}

function adaptDisk(element: XmlElement, before: Disk, after: Disk, rewriter: XmlRewriter): void {
  const { editor } = rewriter;
  const target = child(element, 'target');
  const driver = child(element, 'driver');
  if (!target) return;
  const type = driver?.peek('type');
  if (driver && type === 'iso') rewriter.change(driver, 'type', 'raw');
  if (element.peek('device') === 'lun') {
    editor.setAttribute(element, 'device', 'disk');
    for (const name of ['rawio', 'sgio']) {
      rewriter.removeAttribute(element, name, {
        code: 'unsupported',
        reason: 'Xen does not pass SCSI commands through',
      });
    }
  }
  if (after === before) return;
  editor.setAttribute(target, 'dev', after.target);
  editor.setAttribute(target, 'bus', after.bus === 'ide' ? 'ide' : 'xen');
  for (const name of virtioOnly) {
    if (driver)
      rewriter.removeAttribute(driver, name, { code: 'unsupported', reason: 'only virtio disks have it' });
  }
  const address = child(element, 'address');
  if (address) {
    rewriter.remove(address, {
      code: 'implied',
      reason: 'the address belongs to the bus of the other hypervisor',
    });
  }
}

/** Who serves a disk in dom0, which KVM's driver knows nothing of. */
const xensDrivers: readonly string[] = ['phy', 'tap', 'tap2', 'file'];

/** The way back: Xen's own bus becomes virtio, with the same letters where they are free. */
export function restoreDisks(rewriter: XmlRewriter): void {
  for (const disk of rewriter.all('disk')) {
    const driver = child(disk, 'driver');
    if (driver && xensDrivers.includes(driver.peek('name') ?? '')) rewriter.change(driver, 'name', 'qemu');
  }
  const targets = rewriter.all('disk').flatMap((disk) => child(disk, 'target') ?? []);
  const taken = new Set(targets.map((target) => target.peek('dev')));
  for (const target of targets) {
    const name = target.peek('dev') ?? '';
    const [, letters] = /^xvd([a-z]+)[0-9]*$/.exec(name) ?? [];
    if (target.peek('bus') !== 'xen' && (letters === undefined || target.peek('bus') !== undefined)) continue;
    let wanted = `vd${letters ?? 'a'}`;
    for (let i = 0; taken.has(wanted); i++) wanted = `vd${driveLetters(i)}`;
    taken.add(wanted);
    rewriter.change(target, 'dev', wanted, `disk '${name}' renamed to '${wanted}'`);
    rewriter.editor.setAttribute(target, 'bus', 'virtio');
  }
}

const child = (element: XmlElement, name: string): XmlElement | undefined =>
  element.children.find((other) => other.name === name);

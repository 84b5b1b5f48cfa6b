import type { Report } from '../diagnostics/diagnostic.js';
import type { XmlElement } from './xml/element.js';

/** Controllers whose devices Xen attaches without one being named. */
const implied: Readonly<Record<string, string>> = {
  'virtio-serial': 'a Xen channel needs no controller',
  pci: "Xen's device model lays out the PCI bus by itself",
  ide: "Xen's device model has an IDE controller of its own",
  scsi: "Xen's device model adds a SCSI controller where a disk needs it",
  sata: "Xen's disks are on IDE, SCSI or its own bus",
  fdc: "Xen's device model has a floppy controller of its own",
  usb: "Xen's device model adds a USB controller where a device needs it",
};

/** Reads past a <controller> that Xen does without; any other stays unread. */
export function readController(controller: XmlElement, report: Report): void {
  const given = new Map(controller.attributes);
  const type = given.get('type') ?? '';
  // Xen's own USB controllers (qusb1, qusb2) are devices that a config names.
  if (!Object.hasOwn(implied, type) || given.get('model')?.startsWith('qusb')) return;
  report.add('implied', `the ${type} controller is left out: ${implied[type] ?? ''}`, controller.tagSpan);
  controller.markAllRead();
}

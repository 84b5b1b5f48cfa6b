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
  xenbus: 'every Xen guest has a XenBus',
};

/** Reads past a <controller> that Xen does without; one that carries something else is reported. */
export function readController(controller: XmlElement, report: Report): void {
  const type = controller.attribute('type') ?? '';
  if (type === 'xenbus') {
    controller.markRead();
    controller.attribute('index');
    return;
  }
  const reason = Object.hasOwn(implied, type) ? implied[type] : undefined;
  const isQusb = controller.attributes.some(([name, value]) => name === 'model' && value.startsWith('qusb'));
  if (reason === undefined || isQusb) {
    const why = isQusb ? 'virt2xen does not translate it' : 'Xen has no such controller';
    report.add(isQusb ? 'not-translated' : 'no-counterpart', `a ${type} controller is left out: ${why}`, controller.tagSpan);
  } else {
    report.add('implied', `a ${type} controller is left out: ${reason}`, controller.tagSpan);
  }
  controller.markAllRead();
}

import type { Report } from '../diagnostics/diagnostic.js';
import { withOrigin } from '../diagnostics/origin.js';
import { omitUndefined } from '../language/omit-undefined.js';
import { maximumUsbPorts, type UsbController } from '../model/controller.js';
import type { FormatOptions } from '../document/options.js';
import { isLibvirts } from '../document/profile.js';
import type { XmlDescriptor } from './descriptor.js';
import { xenbusElement } from './xenbus.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

/** Controllers that Xen's device model adds itself. */
const impliedControllers = {
  'virtio-serial': 'a Xen channel requires no controller',
  pci: "Xen's device model assigns PCI addresses automatically",
  ide: "Xen's device model has its own IDE controller",
  scsi: "Xen's device model adds a SCSI controller where a disk needs it",
  sata: "Xen's disks are on IDE, SCSI or its own bus",
  fdc: "Xen's device model has its own floppy controller",
  usb: "Xen's device model adds a USB controller where a device needs it",
} as const;

const isImplied = (type: string): type is keyof typeof impliedControllers =>
  Object.hasOwn(impliedControllers, type);

/** Xen's own USB controllers, by libvirt's names. */
const versions: Readonly<Record<string, 1 | 2>> = { qusb1: 1, qusb2: 2 };

/** Reads the controllers in the order of their indexes, which xl takes from their places in a list. */
export function readControllers(
  controllers: readonly XmlElement[],
  report: Report,
  options: FormatOptions = {},
): readonly UsbController[] {
  const index = (controller: XmlElement): number => Number(controller.peek('index') ?? Number.MAX_VALUE);
  return controllers
    .toSorted((a, b) => index(a) - index(b) || 0)
    .flatMap((controller) => readController(controller, report, options) ?? []);
}

/** Reads past a <controller> that Xen does without; any other stays unread, but for Xen's own for USB. */
function readController(
  controller: XmlElement,
  report: Report,
  options: FormatOptions,
): UsbController | undefined {
  const type = controller.peek('type') ?? '';
  const model = controller.peek('model') ?? '';
  const version = type === 'usb' && Object.hasOwn(versions, model) ? versions[model] : undefined;
  if (version !== undefined) return readUsb(controller.markRead(), version, report);
  // One without a model, libvirt writes without a type (xenFormatXLUSBController); xl's is then `auto`.
  const hasPorts = type === 'usb' && model === '' && controller.peek('ports') !== undefined;
  if (hasPorts && isLibvirts(options)) return readUsb(controller.markRead(), undefined, report);
  if (!isImplied(type)) return undefined;
  report.add('implied', `${type} controller omitted: ${impliedControllers[type]}`, controller.tagSpan);
  controller.markAllRead();
  return undefined;
}

function readUsb(
  controller: XmlElement,
  version: 1 | 2 | undefined,
  report: Report,
): UsbController | undefined {
  for (const name of ['type', 'index', 'model']) controller.attribute(name);
  const text = controller.attribute('ports');
  const ports = text === undefined ? undefined : Number(text);
  if (text !== undefined && (!/^[0-9]{1,2}$/.test(text) || Number(text) > maximumUsbPorts)) {
    const message = `a USB controller has 1 to ${maximumUsbPorts} ports, not '${text}'`;
    report.add('value-invalid', message, controller.attributeSpan('ports'));
    return undefined;
  }
  return withOrigin<UsbController>(omitUndefined({ version, ports: ports || undefined }), controller.tagSpan);
}

export const writeUsbController = ({ version, ports }: UsbController, index: number): XmlTree =>
  element('controller', { type: 'usb', index, model: version && `qusb${version}`, ports });

function isUsbOfKvm(controller: XmlElement): boolean {
  const model = controller.peek('model');
  return controller.peek('type') === 'usb' && model !== undefined && !model.startsWith('qusb');
}

export const usbControllers: XmlDescriptor<'usbControllers'> = {
  field: 'usbControllers',
  parent: 'devices',
  read: (reader) => {
    const xenbus = xenbusElement(reader);
    const others = reader.all('controller').filter((controller) => controller !== xenbus);
    return readControllers(others, reader.report, reader.options);
  },
  write: ({ usbControllers }) => usbControllers.map(writeUsbController),
  unsupported: [['devices/controller', 'unsupported', 'Xen has no such controller']],
  adapt: [
    {
      path: 'devices/controller',
      driver: 'rejects',
      when: (controller) => controller.peek('type') === 'virtio-serial',
      because: ['implied', impliedControllers['virtio-serial']],
    },
    {
      path: 'devices/controller',
      driver: 'rejects',
      when: isUsbOfKvm,
      because: ['implied', impliedControllers.usb],
    },
  ],
};

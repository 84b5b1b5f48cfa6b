import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import { maximumUsbPorts, type UsbController } from '../model/controller.js';
import type { Os } from '../model/os.js';
import type { XlOutput } from './output.js';
import { numberOf, parametersOf } from './parameters.js';
import type { XlAtom } from '../xl-syntax/ast.js';
import type { XlReader } from './reader.js';
import type { XlDescriptor } from './descriptor.js';

export const usbControllers: XlDescriptor<'usbControllers'> = {
  field: 'usbControllers',
  keys: { usbctrl: 'devices/controller' },
  read: ({ xl, field, report }) => readUsbControllers(xl, field('os'), report),
  write: (value, { out }) => writeUsbControllers(value, out),
};

const keys = ['type', 'version', 'ports'] as const;
const types: readonly string[] = ['auto', 'pv', 'devicemodel', 'qusb'];

/**
 * Reads `usbctrl`. libvirt supports type `qusb` only: a list with another type is preserved as a whole, because
 * devices refer to their controllers by position.
 */
function readUsbControllers(xl: XlReader, os: Os, report: Report): readonly UsbController[] {
  const found = (xl.list('usbctrl') ?? []).map((atom) => readUsbController(atom, os, report));
  if (found.includes('other')) {
    xl.leave('usbctrl');
    return [];
  }
  return found.filter((controller) => controller !== 'other' && controller !== undefined);
}

/** @returns undefined if xl would reject it, which is reported */
function readUsbController(atom: XlAtom, os: Os, report: Report): UsbController | 'other' | undefined {
  const known = parametersOf(atom, keys, 'usbctrl', report);
  if (!known) return undefined;
  const [type, version, ports] = keys.map((key) => known.get(key));
  const kind = type?.value.toLowerCase() ?? 'auto';
  if (!types.includes(kind)) {
    report.add(
      'value-invalid',
      `xl has no USB controller of type '${kind}'`,
      type?.span,
      `use one of ${types.join(', ')}`,
    );
    return undefined;
  }
  if (kind === 'devicemodel' && os.type !== 'hvm') {
    const message = `libxl rejects type=devicemodel: QEMU emulates no USB controller for a ${os.type.toUpperCase()} guest`;
    report.add('value-invalid', message, type?.span, 'use type=qusb');
    return undefined;
  }
  const [versionNumber, portNumber] = [numberOf(version, report), numberOf(ports, report)];
  if (portNumber < 0 || portNumber > maximumUsbPorts) {
    report.add(
      'value-invalid',
      `a USB controller has 1 to ${maximumUsbPorts} ports, not ${portNumber}`,
      ports?.span,
    );
    return undefined;
  }
  // 0 is libxl's default: version 2, 8 ports.
  const chosen = versionNumber === 0 ? 2 : versionNumber;
  if (kind !== 'qusb' || (chosen !== 1 && chosen !== 2)) return 'other';
  return withOrigin<UsbController>(
    { version: chosen, ...(portNumber > 0 && { ports: portNumber }) },
    atom.span,
  );
}

/** Writes each as libvirt does, with its comma even without ports; the ports in decimal, as xl reads them. */
function writeUsbControllers(controllers: readonly UsbController[], out: XlOutput): void {
  for (const controller of controllers) {
    const { version, ports } = controller;
    const rest = ports === undefined ? '' : `ports=${ports}`;
    out.append('usbctrl', `type=qusb,version=${version},${rest}`, originOf(controller));
  }
}

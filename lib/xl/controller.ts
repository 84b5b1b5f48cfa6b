import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import { omitUndefined } from '../language/omit-undefined.js';
import { maximumUsbPorts, type UsbController } from '../model/controller.js';
import type { Os } from '../model/os.js';
import type { FormatOptions } from '../document/options.js';
import { isLibvirts } from '../document/profile.js';
import type { XlOutput } from './output.js';
import { numberOf, parametersOf, type Parameter } from './parameters.js';
import type { XlAtom } from '../xl-syntax/ast.js';
import type { XlReader } from './reader.js';
import type { XlDescriptor } from './descriptor.js';

export const usbControllers: XlDescriptor<'usbControllers'> = {
  field: 'usbControllers',
  keys: { usbctrl: 'devices/controller' },
  read: ({ xl, field, report, options }) => readUsbControllers(xl, field('os'), report, options),
  write: (value, { out, report, options }) => writeUsbControllers(value, out, report, options),
};

const keys = ['type', 'version', 'ports'] as const;
const types: readonly string[] = ['auto', 'pv', 'devicemodel', 'qusb'];

/**
 * Reads `usbctrl`. libvirt supports type `qusb` only: a list with another type is preserved as a whole, because
 * devices refer to their controllers by position.
 */
function readUsbControllers(
  xl: XlReader,
  os: Os,
  report: Report,
  options: FormatOptions,
): readonly UsbController[] {
  const found = (xl.list('usbctrl') ?? []).map((atom) => readUsbController(atom, os, report, options));
  if (found.includes('other')) {
    xl.leave('usbctrl');
    return [];
  }
  return found.filter((controller) => controller !== 'other' && controller !== undefined);
}

/** @returns nothing if xl would refuse it, which is reported */
function readUsbController(
  atom: XlAtom,
  os: Os,
  report: Report,
  options: FormatOptions,
): UsbController | 'other' | undefined {
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
  if (isLibvirts(options) && (type === undefined || kind === 'qusb')) {
    return withOrigin<UsbController>(libvirtsController(version, ports, report), atom.span);
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
    omitUndefined({ version: chosen, ports: portNumber > 0 ? portNumber : undefined }),
    atom.span,
  );
}

/**
 * Writes each as libvirt does, with its comma where no ports follow; the ports in decimal, as xl reads them, where
 * libvirt writes hexadecimal (xenFormatXLUSBController).
 */
function writeUsbControllers(
  controllers: readonly UsbController[],
  out: XlOutput,
  report: Report,
  options: FormatOptions,
): void {
  for (const controller of controllers) {
    const { version, ports } = controller;
    const number = ports?.toString(isLibvirts(options) ? 16 : 10);
    if (number !== undefined && number !== String(ports)) {
      const message = `USB controller written with ${number} ports, as libvirt does: xl reads the number as decimal`;
      report.add('profile-libvirt', message, originOf(controller));
    }
    const kind = version === undefined ? '' : `type=qusb,version=${version},`;
    out.append('usbctrl', `${kind}${number === undefined ? '' : `ports=${number}`}`, originOf(controller));
  }
}

/** libvirt's defaults are those of `qusb`, whatever xl would choose, and its numbers hexadecimal (xenParseXLUSBController). */
function libvirtsController(
  version: Parameter | undefined,
  ports: Parameter | undefined,
  report: Report,
): UsbController {
  const [libvirtsVersion, libvirtsPorts] = [version, ports].map(
    (parameter) => parameter && hexadecimalOf(parameter, report),
  );
  return { version: libvirtsVersion === 1 ? 1 : 2, ports: libvirtsPorts ?? 8 };
}

/** @returns nothing if it is not a number to libvirt, which is reported */
function hexadecimalOf({ key, value, span }: Parameter, report: Report): number | undefined {
  if (!/^[0-9a-f]{1,2}$/i.test(value)) {
    report.add('value-invalid', `usbctrl: ${key}=${value} is not a number`, span);
    return undefined;
  }
  const number = Number.parseInt(value, 16);
  if (value !== String(number)) {
    const message = `usbctrl: ${key}=${value} read as ${number}, as libvirt does: xl reads decimal numbers`;
    report.add('profile-libvirt', message, span);
  }
  return number;
}

import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import type { Input } from '../model/input.js';
import type { Os } from '../model/os.js';
import type { XlOutput } from './output.js';
import type { XlReader } from './reader.js';
import type { XlDescriptor } from './descriptor.js';

export const inputs: XlDescriptor<'inputs'> = {
  field: 'inputs',
  keys: { usb: 'devices/input', usbdevice: 'devices/input' },
  read: ({ xl, field }) => readInputs(xl, field('os')),
  write: (value, { out, domain, report }) => writeInputs(value, domain.os, out, report),
};

const types = ['tablet', 'mouse', 'keyboard'] as const;

/** Reads `usbdevice`, one name or a list; it needs no `usb = 1` (libxl_dm.c: libxl__build_device_model_args). */
function readInputs(xl: XlReader, os: Os): readonly Input[] {
  if (os.type !== 'hvm') return [];
  const inputs = (xl.stringOrList('usbdevice') ?? []).map((atom) => {
    const type = types.find((known) => known === atom.text);
    return type && withOrigin<Input>({ type, bus: 'usb' }, atom.span);
  });
  // QEMU supports more devices than libvirt: a list with such a device is preserved as a whole.
  if (inputs.includes(undefined)) {
    xl.leave('usbdevice');
    return [];
  }
  if (inputs.length > 0) xl.boolean('usb');
  return inputs.flatMap((input) => input ?? []);
}

/** Writes `usb` and `usbdevice`. */
function writeInputs(inputs: readonly Input[], os: Os, out: XlOutput, report: Report): void {
  const [first] = inputs;
  if (!first) return;
  if (os.type !== 'hvm') {
    for (const input of inputs) {
      report.add('unsupported', `USB ${input.type} omitted: a PV guest has none`, originOf(input));
    }
    return;
  }
  out.set('usb', 1);
  out.set('usbdevice', inputs.length === 1 ? first.type : inputs.map((input) => input.type), originOf(first));
}

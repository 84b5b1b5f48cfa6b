import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import type { Os } from '../model/os.js';
import type { Serial } from '../model/serial.js';
import { readChardev, writeChardev } from './chardev.js';
import type { XlOutput } from './output.js';
import type { XlAtom } from '../xl-syntax/ast.js';
import type { XlReader } from './reader.js';
import type { XlDescriptor } from './descriptor.js';

export const serials: XlDescriptor<'serials'> = {
  field: 'serials',
  keys: { serial: 'devices/serial' },
  placeholders: { serial: 'none' },
  read: ({ xl, field }) => readSerials(xl, field('os')),
  write: (value, { out, domain, report }) => writeSerials(value, domain.os, out, report),
};

/** QEMU's PC has four serial ports. */
const maximumPorts = 4;

/** Reads `serial`: one QEMU character device, or a list of them, one per port. */
function readSerials(xl: XlReader, os: Os): readonly Serial[] {
  if (os.type !== 'hvm') return [];
  const serials = (xl.stringOrList('serial') ?? []).map((atom, port) => readSerial(atom, port));
  // QEMU supports more forms than libvirt: a list with such a form is preserved as a whole.
  if (serials.includes(undefined) || serials.length > maximumPorts) {
    xl.leave('serial');
    return [];
  }
  return serials.flatMap((serial) => serial ?? []);
}

/** @returns undefined if libvirt cannot express it; "none" is a port without a device */
function readSerial(atom: XlAtom, port: number): readonly Serial[] | undefined {
  if (atom.text === 'none') return [];
  const connection = readChardev(atom.text);
  return connection && [withOrigin<Serial>({ connection, port }, atom.span)];
}

/** Writes `serial` as libvirt does: "none", one string for COM1 alone, else a list with "none" in the gaps. */
function writeSerials(serials: readonly Serial[], os: Os, out: XlOutput, report: Report): void {
  if (os.type !== 'hvm') {
    for (const serial of serials) {
      report.add('unsupported', 'serial port omitted: a PV guest has no serial ports', originOf(serial));
    }
    return;
  }
  const ports = new Map<number, string>();
  for (const serial of serials) {
    if (serial.port >= maximumPorts) {
      const message = `serial port ${serial.port} omitted: QEMU has ${maximumPorts} serial ports`;
      report.add('unsupported', message, originOf(serial));
      continue;
    }
    const text = writeChardev({ kind: 'serial', connection: serial.connection }, serial, report);
    if (text === undefined) continue;
    if (ports.has(serial.port))
      report.add('value-invalid', `two serial ports have the number ${serial.port}`, originOf(serial));
    else ports.set(serial.port, text);
  }
  const highest = Math.max(-1, ...ports.keys());
  const first = ports.get(0);
  if (highest < 0) out.set('serial', 'none');
  else if (highest === 0 && first !== undefined) out.set('serial', first);
  else
    out.set(
      'serial',
      Array.from({ length: highest + 1 }, (_, port) => ports.get(port) ?? 'none'),
    );
}

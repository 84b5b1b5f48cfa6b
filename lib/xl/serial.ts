import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import type { FormatOptions } from '../document/options.js';
import { isLibvirts } from '../document/profile.js';
import { isArm } from '../model/architecture.js';
import type { Os } from '../model/os.js';
import { serialPorts, type Serial } from '../model/serial.js';
import { writeChardev } from './chardev.js';
import { readChardev, reportColons } from './read-chardev.js';
import type { Connection } from '../model/connection.js';
import type { Span } from '../diagnostics/span.js';
import type { XlSource } from '../xl-syntax/printer.js';
import type { XlOutput } from './output.js';
import type { XlAtom } from '../xl-syntax/ast.js';
import type { XlReader } from './reader.js';
import type { XlDescriptor } from './descriptor.js';

export const serials: XlDescriptor<'serials'> = {
  field: 'serials',
  keys: { serial: 'devices/serial', vuart: 'devices/serial' },
  placeholders: { serial: 'none' },
  read: ({ xl, field, report, options }) => readSerials(xl, field('os'), report, options),
  write: (value, { out, domain, report, options }) => writeSerials(value, domain.os, out, report, options),
};

/** The one kind of UART that Xen emulates for an Arm guest (libxl_types.idl: vuart_type). */
const virtualUart = 'sbsa_uart';

const isVirtualUart = ({ connection, port }: Serial): boolean => connection.kind === 'pty' && port === 0;

/** xl accepts `unknown`, which is none: it stays unread. */
function readVirtualUart(xl: XlReader): readonly Serial[] {
  const found = xl.string('vuart');
  if (!found) return [];
  if (found.value.toLowerCase() === virtualUart)
    return [withOrigin<Serial>({ connection: { kind: 'pty' }, port: 0 }, found.span)];
  xl.leave('vuart');
  return [];
}

/** QEMU's PC has four serial ports. */
const maximumPorts = serialPorts;

/** Reads `serial`: one QEMU character device, or a list of them, a port each. */
function readSerials(xl: XlReader, os: Os, report: Report, options: FormatOptions): readonly Serial[] {
  if (os.type !== 'hvm') return isArm(os.architecture) && !isLibvirts(options) ? readVirtualUart(xl) : [];
  const atoms = xl.stringOrList('serial') ?? [];
  const serials = atoms.map((atom, port) => readSerial(atom, port, report, options));
  const isTooLong = serials.length > maximumPorts;
  if (isTooLong && isLibvirts(options)) reportPorts(atoms[maximumPorts]?.span, report);
  // QEMU knows more forms than libvirt: a list with such a one stays together, as it is.
  if (serials.includes(undefined) || (isTooLong && !isLibvirts(options))) {
    xl.leave('serial');
    return [];
  }
  return serials.flatMap((serial) => serial ?? []);
}

/** @returns nothing if libvirt has no word for it; "none" is a port without a device */
function readSerial(
  atom: XlAtom,
  port: number,
  report: Report,
  options: FormatOptions,
): readonly Serial[] | undefined {
  if (atom.text === 'none') return [];
  const connection = readChardev(atom.text) ?? (isLibvirts(options) ? readLoosely(atom, report) : undefined);
  if (connection && !isLibvirts(options)) reportColons(atom.text, connection, atom.span, report);
  return connection && [withOrigin<Serial>({ connection, port }, atom.span)];
}

function reportPorts(span: Span | undefined, report: Report): void {
  const message = `more than ${maximumPorts} serial ports converted, as libvirt does: QEMU fails to start with them`;
  report.add('profile-libvirt', message, span);
}

/** libvirt's reader takes any of its types without checking the rest (xenParseSxprChar): without a colon, the type is the path. */
function readLoosely({ text, span }: XlAtom, report: Report): Connection | undefined {
  const connection = Object.hasOwn(looseForms, text) ? looseForms[text] : undefined;
  if (!connection) return undefined;
  const message = `serial port '${text}' read as libvirt reads it: QEMU rejects it`;
  report.add('profile-libvirt', message, span);
  return connection;
}

const looseForms: Readonly<Partial<Record<string, Connection>>> = {
  file: { kind: 'file', path: 'file', append: false },
  pipe: { kind: 'pipe', path: 'pipe' },
  unix: { kind: 'socket', path: 'unix', mode: 'connect' },
  spicevmc: { kind: 'spicevmc' },
};

/** Writes `serial` as libvirt does: "none", one string for COM1 alone, else a list with "none" in the gaps. */
function writeSerials(
  serials: readonly Serial[],
  os: Os,
  out: XlOutput,
  report: Report,
  options: FormatOptions,
): void {
  if (os.type !== 'hvm') {
    const uart = isArm(os.architecture) ? serials.find(isVirtualUart) : undefined;
    if (uart) out.set('vuart', virtualUart, originOf(uart));
    for (const serial of serials.filter((one) => one !== uart)) {
      report.add('unsupported', 'serial port omitted: a PV guest has no serial ports', originOf(serial));
    }
    return;
  }
  const ports = new Map<number, XlSource>();
  for (const serial of serials) {
    if (serial.port >= maximumPorts && !isLibvirts(options)) {
      const message = `serial port ${serial.port} omitted: QEMU has ${maximumPorts} serial ports`;
      report.add('unsupported', message, originOf(serial));
      continue;
    }
    const text = writeChardev({ kind: 'serial', connection: serial.connection }, serial, report, options);
    if (text === undefined) continue;
    if (ports.has(serial.port))
      report.add('value-invalid', `two serial ports have the number ${serial.port}`, originOf(serial));
    else ports.set(serial.port, text);
  }
  const highest = [...ports.keys()].reduce((a, b) => Math.max(a, b), -1);
  if (highest >= maximumPorts) reportPorts(originOf(serials.at(-1)), report);
  const first = ports.get(0);
  if (highest < 0) out.set('serial', 'none');
  else if (highest === 0 && first !== undefined) out.set('serial', first);
  else
    out.set(
      'serial',
      Array.from({ length: highest + 1 }, (_, port) => ports.get(port) ?? 'none'),
    );
}

import type { Report } from '../diagnostics/diagnostic.js';
import { withOrigin } from '../diagnostics/origin.js';
import type { Os } from '../model/os.js';
import type { Serial } from '../model/serial.js';
import { readConnection, writeConnection } from './connection.js';
import type { DomainReader } from './domain-reader.js';
import type { AdaptRule, XmlBlock, XmlDescriptor } from './descriptor.js';
import {
  hasVirtualUart,
  oneVirtualUart,
  readVirtualUart,
  reportNoVirtualUart,
  writeVirtualUart,
} from './virtual-uart.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

const kinds: ReadonlySet<string> = new Set([
  'pty',
  'null',
  'stdio',
  'vc',
  'file',
  'pipe',
  'dev',
  'unix',
  'tcp',
  'udp',
]);

/** Whether xl.cfg can express the type of a <serial>. */
export const isSerial = (serial: XmlElement): boolean => kinds.has(serial.peek('type') ?? 'pty');

/** The only kind of port that QEMU's `-serial` creates on a PC; any other type stays unread. */
const isaPorts: ReadonlySet<string> = new Set(['serial', 'isa-serial']);

/** Reads a <serial>; the default port is its position. */
export function readSerial(serial: XmlElement, place: number, report: Report): Serial | undefined {
  const target = serial.child('target');
  const type = target?.peek('type') ?? 'serial';
  if (isaPorts.has(type)) target?.attribute('type');
  if (type === 'isa-serial') target?.child('model')?.attribute('name');
  const connection = readConnection(serial, report);
  const port = readPort(target, place, 'serial', report);
  if (port === undefined || !connection) return undefined;
  return withOrigin<Serial>({ connection, port }, serial.tagSpan);
}

/** Reads the port of a <target>: `place` if it has none, undefined if it is not a number. */
export function readPort(
  target: XmlElement | undefined,
  place: number,
  kind: 'serial' | 'parallel',
  report: Report,
): number | undefined {
  const port = target?.attribute('port');
  if (target === undefined || port === undefined) return place;
  if (/^[0-9]{1,4}$/.test(port)) return Number(port);
  report.add('value-invalid', `'${port}' is not the number of a ${kind} port`, target.attributeSpan('port'));
  return undefined;
}

/**
 * Reads the first <console>. A PV guest's own console is a pty of the host and always exists; in an HVM guest it is
 * the first serial port, which it replaces if there is no <serial>. Any other stays unread.
 */
export function readConsole(
  console: XmlElement,
  os: Os,
  hasSerial: boolean,
  report: Report,
): Serial | undefined {
  const target = console.peekChild('target');
  const kind = target?.peek('type') ?? 'serial';
  const type = console.peek('type') ?? 'pty';
  if (os.type === 'hvm' && kind === 'serial') {
    if (!hasSerial) return readSerial(console.markRead(), 0, report);
    // libvirt prints the first serial port a second time.
    console.markAllRead();
  } else if (type === 'pty') {
    console.markRead();
    for (const name of ['type', 'tty']) console.attribute(name);
    for (const name of ['type', 'port']) target?.markRead().attribute(name);
    console.child('source');
  }
  return undefined;
}

export function writeSerial(serial: Serial): XmlTree {
  const { type, children } = writeConnection(serial.connection);
  return element('serial', { type }, [...children, element('target', { port: serial.port })]);
}

/** The console that libvirt prints: the guest's own for PV, the first serial port for HVM. */
export function writeConsole(os: Os, serials: readonly Serial[]): XmlTree | undefined {
  if (os.type !== 'hvm')
    return element('console', { type: 'pty' }, [element('target', { type: 'xen', port: 0 })]);
  const first = serials.find((serial) => serial.port === 0);
  if (!first) return undefined;
  const { type, children } = writeConnection(first.connection);
  return element('console', { type }, [...children, element('target', { type: 'serial', port: 0 })]);
}

/** An Arm guest has one, and its console besides. */
function readUarts(reader: DomainReader, given: readonly XmlElement[]): readonly Serial[] {
  const [first, ...others] = given;
  const uart = first && readVirtualUart(first);
  for (const other of others) other.leave(oneVirtualUart);
  const [console] = reader.all('console');
  if (console) readConsole(console, reader.os, given.length > 0, reader.report);
  return uart ? [uart] : [];
}

/** Ports exist in HVM guests only, in the forms that an xl.cfg can express. */
export const serials: XmlDescriptor<'serials'> = {
  field: 'serials',
  parent: 'devices',
  read: (reader) => {
    const given = reader.all('serial');
    if (hasVirtualUart(reader.os)) return readUarts(reader, given);
    const isHvm = reader.os.type === 'hvm';
    const serials = reader.readEach(
      given.filter((serial) => isHvm && isSerial(serial)),
      (serial, report, place) => readSerial(serial, place, report),
    );
    const [console] = reader.all('console');
    const first = console && readConsole(console, reader.os, given.length > 0, reader.report);
    return first ? [...serials, first] : serials;
  },
  check: (domain, report) => {
    reportNoVirtualUart(domain, report);
  },
  write: ({ os, serials }) => serials.map(hasVirtualUart(os) ? writeVirtualUart : writeSerial),
  unsupported: [
    ['devices/console', 'unsupported', 'xl supports one console, a terminal of the host'],
    [
      'devices/serial',
      'unsupported',
      'PV guests have no serial ports, and xl.cfg does not support this type',
    ],
    ['devices/serial/target/@type', 'unsupported', 'the serial ports of a Xen guest are on its ISA bus'],
  ],
  adapt: [
    {
      path: 'devices/serial',
      driver: 'rejects',
      when: (serial) =>
        ['spiceport', 'nmdm', 'spicevmc', 'dbus', 'qemu-vdagent'].includes(serial.peek('type') ?? ''),
      because: ['unsupported', "Xen's driver does not support this endpoint"],
    },
    // libvirt would make the serial port again from its console.
    ...['devices/serial', 'devices/console'].map((path): AdaptRule => ({
      path,
      driver: 'rejects',
      when: (device, guest) => guest === 'hvm' && hasIpv6Host(device),
      because: ['unsupported', "libvirt's Xen driver writes IPv6 hosts in a form that QEMU rejects"],
    })),
    {
      // It crashes with a second one (libxl_conf.c: serial_list); that of 11.3 does not.
      path: 'devices/serial',
      driver: 'rejects',
      only: '9.0',
      when: (_, __, place) => place > 0,
      because: ['target-too-old', "Xen's driver of libvirt 9.0 supports one serial port per guest"],
    },
  ],
};

/** libxl_conf.c (libxlMakeChrdevStr) writes HOST:PORT, of which QEMU takes the host up to the first colon. */
const hasIpv6Host = (device: XmlElement): boolean =>
  device.children.some((source) => source.name === 'source' && source.peek('host')?.includes(':'));

/** They are read with the serial ports; they are written after the parallel ports. */
export const consoles: XmlBlock<'serials'> = {
  field: 'serials',
  parent: 'devices',
  write: ({ os, serials }) => [writeConsole(os, serials)],
};

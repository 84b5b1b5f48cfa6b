import type { Report } from '../diagnostics/diagnostic.js';
import { withOrigin } from '../diagnostics/origin.js';
import type { Os } from '../model/os.js';
import type { Serial } from '../model/serial.js';
import { readConnection, writeConnection } from './connection.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

/** Reads a <serial>; without a port it gets the place that it stands in. */
export function readSerial(serial: XmlElement, place: number, report: Report): Serial | undefined {
  const target = serial.child('target');
  const port = target?.attribute('port');
  const type = target?.attribute('type');
  if (type === 'isa-serial') target?.child('model')?.attribute('name');
  const connection = readConnection(serial, report);
  if (port !== undefined && !/^[0-9]{1,4}$/.test(port)) {
    report.add(
      'value-invalid',
      `'${port}' is not the number of a serial port`,
      (target ?? serial).attributeSpan('port'),
    );
    return undefined;
  }
  return (
    connection &&
    withOrigin<Serial>({ connection, port: port === undefined ? place : Number(port) }, serial.tagSpan)
  );
}

/**
 * Reads the first <console>. Every guest has one; in an HVM guest without a <serial> it is the
 * first serial port, as libvirt has it.
 */
export function readConsole(
  console: XmlElement,
  os: Os,
  serials: readonly Serial[],
  report: Report,
): Serial | undefined {
  console.markRead();
  const type = console.child('target')?.attribute('type') ?? 'serial';
  const isSerial = os.type === 'hvm' && serials.length === 0 && type === 'serial';
  const connection = isSerial ? readConnection(console, report) : undefined;
  console.markAllRead();
  return connection && withOrigin<Serial>({ connection, port: 0 }, console.tagSpan);
}

export function writeSerial(serial: Serial): XmlTree {
  const { type, children } = writeConnection(serial.connection);
  return element('serial', { type }, [...children, element('target', { port: serial.port })]);
}

/** The console that libvirt shows: the guest's own for PV, the first serial port for HVM. */
export function writeConsole(os: Os, serials: readonly Serial[]): XmlTree | undefined {
  if (os.type !== 'hvm')
    return element('console', { type: 'pty' }, [element('target', { type: 'xen', port: 0 })]);
  const first = serials.find((serial) => serial.port === 0);
  if (!first) return undefined;
  const { type, children } = writeConnection(first.connection);
  return element('console', { type }, [...children, element('target', { type: 'serial', port: 0 })]);
}

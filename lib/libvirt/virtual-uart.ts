import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import { isArm } from '../model/architecture.js';
import type { Os } from '../model/os.js';
import type { Serial } from '../model/serial.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

/*
 * The serial port of an Arm guest: a PL011 on KVM's machine `virt`, and on Xen the part of one that is an SBSA UART
 * (`vuart`), which the same driver of the guest serves as /dev/ttyAMA0. xenconsoled shows it, as it shows the console.
 */

/** Whether a guest has a virtual UART rather than the serial ports of a PC. */
export const hasVirtualUart = (os: Os): boolean => os.type !== 'hvm' && isArm(os.architecture);

/** libvirt's name of the kind of port, if the document names one; KVM's machine has this one by default. */
const kinds: ReadonlySet<string | undefined> = new Set([undefined, 'serial', 'system-serial']);

export const oneVirtualUart = 'Xen has one UART for an Arm guest, a PL011 that is a terminal of the host';

/** Reads the first <serial> of an Arm guest; one that xenconsoled cannot show stays unread. */
export function readVirtualUart(serial: XmlElement): Serial | undefined {
  const target = serial.peekChild('target');
  const model = target?.peekChild('model');
  const isPl011 = kinds.has(target?.peek('type')) && (model?.peek('name') ?? 'pl011') === 'pl011';
  const isFirst = (target?.peek('port') ?? '0') === '0';
  if ((serial.peek('type') ?? 'pty') !== 'pty' || !isPl011 || !isFirst) {
    serial.leave(oneVirtualUart);
    return undefined;
  }
  serial.markRead();
  for (const name of ['type', 'tty']) serial.attribute(name);
  for (const name of ['type', 'port']) target?.markRead().attribute(name);
  model?.markRead().attribute('name');
  serial.child('source');
  return withOrigin<Serial>({ connection: { kind: 'pty' }, port: 0 }, serial.tagSpan);
}

export const writeVirtualUart = ({ port }: Serial): XmlTree =>
  element('serial', { type: 'pty' }, [
    element('target', { type: 'system-serial', port }, [element('model', { name: 'pl011' })]),
  ]);

/** From its source, libxl_conf.c, which does not set it; not tried, for want of an Arm host. */
export function reportNoVirtualUart(
  { os, serials }: { os: Os; serials: readonly Serial[] },
  report: Report,
): void {
  const [uart] = hasVirtualUart(os) ? serials : [];
  if (!uart) return;
  const message = "<serial> has no effect: libvirt's Xen driver gives an Arm guest no UART";
  report.add('no-effect', message, originOf(uart));
}

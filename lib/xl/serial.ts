import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import type { Connection } from '../model/connection.js';
import type { Os } from '../model/os.js';
import type { Serial } from '../model/serial.js';
import type { XlOutput } from './output.js';
import type { XlAtom } from './syntax/ast.js';
import type { XlReader } from './syntax/reader.js';

/** What makes a socket listen, as libvirt writes it. */
const server = ',server,nowait';

/** QEMU's PC has four serial ports. */
const maximumPorts = 4;

/** Reads `serial`: one QEMU character device, or a list of them, a port each. */
export function readSerials(xl: XlReader, os: Os): readonly Serial[] {
  if (os.type !== 'hvm') return [];
  if (xl.has('parallel') && xl.string('parallel')?.value !== 'none') xl.leave('parallel');
  const serials = (xl.stringOrList('serial') ?? []).map((atom, port) => readSerial(atom, port));
  // QEMU knows more forms than libvirt: a list with such a one stays together, as it is.
  if (serials.includes(undefined) || serials.length > maximumPorts) {
    xl.leave('serial');
    return [];
  }
  return serials.flatMap((serial) => serial ?? []);
}

/** @returns nothing if libvirt has no word for it; "none" is a port without a device */
function readSerial(atom: XlAtom, port: number): readonly Serial[] | undefined {
  if (atom.text === 'none') return [];
  const connection = readConnection(atom.text);
  return connection && [withOrigin<Serial>({ connection, port }, atom.span)];
}

/** The forms that libvirt reads and writes (xen_common.c: xenParseSxprChar); QEMU knows more. */
function readConnection(text: string): Connection | undefined {
  const simple = simpleKinds.find((kind) => kind === text);
  if (simple) return { kind: simple };
  if (text.startsWith('/dev/')) return { kind: 'device', path: text };
  const colon = text.indexOf(':');
  const rest = text.slice(colon + 1);
  if (colon < 0 || rest === '') return undefined;
  const comma = rest.indexOf(',');
  const [end, options] = comma < 0 ? [rest, ''] : [rest.slice(0, comma), rest.slice(comma)];
  const mode = options === server ? 'listen' : 'connect';
  // Other options of QEMU's are beyond libvirt.
  const isKnown = options === '' || options === server;
  switch (text.slice(0, colon)) {
    case 'file':
      return { kind: 'file', path: rest, append: false };
    case 'pipe':
      return { kind: 'pipe', path: rest };
    case 'unix':
      return isKnown ? { kind: 'socket', path: end, mode } : undefined;
    case 'tcp':
      return isKnown ? readTcp(end, 'raw', mode) : undefined;
    case 'telnet':
      return isKnown ? readTcp(end, 'telnet', mode) : undefined;
    case 'udp':
      return options === '' ? readUdp(rest) : undefined;
    default:
      return undefined;
  }
}

const simpleKinds = ['pty', 'null', 'stdio', 'vc'] as const;

function readTcp(
  end: string,
  protocol: 'raw' | 'telnet',
  mode: 'listen' | 'connect',
): Connection | undefined {
  const match = /^(.*):([^:]+)$/.exec(end);
  return match ? { kind: 'tcp', host: match[1] ?? '', service: match[2] ?? '', protocol, mode } : undefined;
}

/** HOST:PORT, then `@` and the end to receive on. */
function readUdp(rest: string): Connection | undefined {
  const [send, receive] = rest.split('@', 2).map((end) => /^(.*):([^:]*)$/.exec(end));
  if (!send || receive === null) return undefined;
  const end = (match: RegExpExecArray): { host?: string; service?: string } => ({
    ...(match[1] && { host: match[1] }),
    ...(match[2] && { service: match[2] }),
  });
  return { kind: 'udp', send: end(send), ...(receive && { receive: end(receive) }) };
}

/** Writes `serial` as libvirt does: "none", one string for COM1 alone, else a list with "none" in the gaps. */
export function writeSerials(serials: readonly Serial[], os: Os, out: XlOutput, report: Report): void {
  if (os.type !== 'hvm') {
    for (const serial of serials) {
      report.add('no-counterpart', 'a PV guest has no serial ports; this one is left out', originOf(serial));
    }
    return;
  }
  out.set('parallel', 'none');
  const ports = new Map<number, string>();
  for (const serial of serials) {
    const leftOut = (why: string): void => {
      report.add('no-counterpart', `${why}; it is left out`, originOf(serial));
    };
    reportLosses(serial, report);
    const text = format(serial.connection);
    if (serial.port >= maximumPorts)
      leftOut(`QEMU has ${maximumPorts} serial ports; there is no port ${serial.port}`);
    else if (text === undefined) leftOut(`xl.cfg has no form for this ${serial.connection.kind} serial port`);
    else if (text === ambiguous) {
      const message = 'QEMU would take a part of this serial port for something else';
      report.add('xl-unwritable', message, originOf(serial.connection) ?? originOf(serial));
    } else if (ports.has(serial.port)) {
      report.add('value-invalid', `two serial ports have the number ${serial.port}`, originOf(serial));
    } else ports.set(serial.port, text);
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

/** What libvirt's form of a serial port has no room for. */
function reportLosses({ connection }: Serial, report: Report): void {
  const lost = (what: string): void => {
    report.add(
      'no-counterpart',
      `that a serial port ${what} has no place in an xl.cfg`,
      originOf(connection),
    );
  };
  if ('reconnectSeconds' in connection) lost('reconnects');
  if (connection.kind === 'file' && connection.append) lost('appends');
}

/** A serial port of which QEMU would take a part for something else. */
const ambiguous = Symbol('ambiguous');

/** @returns nothing if there is no such form; `ambiguous` if QEMU would take a part of it for something else */
function format(connection: Connection): string | typeof ambiguous | undefined {
  switch (connection.kind) {
    case 'pty':
    case 'null':
    case 'stdio':
    case 'vc':
      return connection.kind;
    case 'device':
      return connection.path.startsWith('/dev/') ? connection.path : ambiguous;
    case 'file':
    case 'pipe':
      return `${connection.kind}:${connection.path}`;
    case 'socket': {
      const { path, mode } = connection;
      if (path === undefined) return undefined;
      return path.includes(',') ? ambiguous : `unix:${path}${mode === 'listen' ? server : ''}`;
    }
    case 'tcp': {
      const { protocol, host, service, mode } = connection;
      if (protocol !== 'raw' && protocol !== 'telnet') return undefined;
      if (!areHosts(host) || !arePorts(service)) return ambiguous;
      return `${protocol === 'raw' ? 'tcp' : 'telnet'}:${host}:${service}${mode === 'listen' ? server : ''}`;
    }
    case 'udp': {
      const { send, receive = {} } = connection;
      const [to, toPort] = [send.host ?? '', send.service ?? ''];
      const [from, fromPort] = [receive.host ?? '', receive.service ?? ''];
      return areHosts(to, from) && arePorts(toPort, fromPort)
        ? `udp:${to}:${toPort}@${from}:${fromPort}`
        : ambiguous;
    }
    default:
      return undefined;
  }
}

/** A comma would begin an option of QEMU's, an @ the other end of a UDP port. */
const areHosts = (...parts: readonly string[]): boolean => parts.every((part) => !/[,@\s]/.test(part));

/** A colon stands before a port, and a port has none; an IPv6 address does. */
const arePorts = (...parts: readonly string[]): boolean => parts.every((part) => !/[,@:\s]/.test(part));

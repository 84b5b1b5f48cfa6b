import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import type { Connection } from '../model/connection.js';
import type { Os } from '../model/os.js';
import type { Serial } from '../model/serial.js';
import type { XlOutput } from './output.js';
import type { XlAtom } from './syntax/ast.js';
import type { XlReader } from './syntax/reader.js';

/** QEMU's PC has four serial ports. */
const maximumPorts = 4;

/** Reads `serial`: one QEMU character device, or a list of them, a port each. */
export function readSerials(xl: XlReader, os: Os): readonly Serial[] {
  if (os.type !== 'hvm') return [];
  if (xl.has('parallel') && xl.string('parallel')?.value !== 'none') xl.leave('parallel');
  const serials = (xl.stringOrList('serial') ?? []).map((atom, port) => readSerial(atom, port));
  // QEMU knows more forms than libvirt: a list with such a one stays together, as it is.
  if (serials.includes(undefined)) xl.leave('serial');
  return serials.includes(undefined) ? [] : serials.flatMap((serial) => serial ?? []);
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
  const mode = /,server\b/.test(rest) ? 'listen' : 'connect';
  switch (text.slice(0, colon)) {
    case 'file':
      return { kind: 'file', path: rest, append: false };
    case 'pipe':
      return { kind: 'pipe', path: rest };
    case 'unix':
      return { kind: 'socket', path: rest.replace(/,.*$/, ''), mode };
    case 'tcp':
      return readTcp(rest, 'raw', mode);
    case 'telnet':
      return readTcp(rest, 'telnet', mode);
    case 'udp':
      return readUdp(rest);
    default:
      return undefined;
  }
}

const simpleKinds = ['pty', 'null', 'stdio', 'vc'] as const;

function readTcp(
  rest: string,
  protocol: 'raw' | 'telnet',
  mode: 'listen' | 'connect',
): Connection | undefined {
  const match = /^(.*):([^:,]+)(?:,.*)?$/.exec(rest.replace(/,.*$/, ''));
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
    const text = serial.port < maximumPorts ? format(serial.connection) : undefined;
    if (text !== undefined) ports.set(serial.port, text);
    else {
      const why =
        serial.port < maximumPorts
          ? `libvirt's Xen driver has no way to say a ${serial.connection.kind} serial port`
          : `QEMU has ${maximumPorts} serial ports; there is no port ${serial.port}`;
      report.add('no-counterpart', `${why}; it is left out`, originOf(serial));
    }
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

function format(connection: Connection): string | undefined {
  const server = (mode: 'listen' | 'connect'): string => (mode === 'listen' ? ',server,nowait' : '');
  switch (connection.kind) {
    case 'pty':
    case 'null':
    case 'stdio':
    case 'vc':
      return connection.kind;
    case 'device':
      return connection.path;
    case 'file':
    case 'pipe':
      return `${connection.kind}:${connection.path}`;
    case 'socket':
      return connection.path === undefined ? undefined : `unix:${connection.path}${server(connection.mode)}`;
    case 'tcp': {
      const { protocol, host, service, mode } = connection;
      if (protocol !== 'raw' && protocol !== 'telnet') return undefined;
      return `${protocol === 'raw' ? 'tcp' : 'telnet'}:${host}:${service}${server(mode)}`;
    }
    case 'udp': {
      const { send, receive } = connection;
      return `udp:${send.host ?? ''}:${send.service ?? ''}@${receive?.host ?? ''}:${receive?.service ?? ''}`;
    }
    default:
      return undefined;
  }
}

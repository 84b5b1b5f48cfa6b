import type { Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import type { FormatOptions } from '../document/options.js';
import { isLibvirts } from '../document/profile.js';
import { omitUndefined } from '../language/omit-undefined.js';
import type { Connection } from '../model/connection.js';
import type { XlSource } from '../xl-syntax/printer.js';

/** The options of a listening socket, as libvirt writes them. */
const server = ',server,nowait';

/** The forms that libvirt reads and writes (xen_common.c: xenParseSxprChar); QEMU supports more. */
export function readChardev(text: string): Connection | undefined {
  const simple = simpleKinds.find((kind) => kind === text);
  if (simple) return { kind: simple };
  if (text.startsWith('/dev/')) return { kind: 'device', path: text };
  const colon = text.indexOf(':');
  const rest = text.slice(colon + 1);
  if (colon < 0 || rest === '') return undefined;
  const comma = rest.indexOf(',');
  const [end, options] = comma < 0 ? [rest, ''] : [rest.slice(0, comma), rest.slice(comma)];
  const mode = options === server ? 'listen' : 'connect';
  // libvirt supports no other options of QEMU.
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

/** HOST:PORT, then `@` and the receiving end. */
function readUdp(rest: string): Connection | undefined {
  const [send, receive] = rest.split('@', 2).map((end) => /^(.*):([^:]*)$/.exec(end));
  if (!send || receive === null) return undefined;
  const end = (match: RegExpExecArray): { host?: string; service?: string } =>
    omitUndefined({
      host: match[1] || undefined,
      service: match[2] || undefined,
    });
  return omitUndefined({ kind: 'udp', send: end(send), receive: receive && end(receive) });
}

/** A port of an HVM guest whose endpoint is one of QEMU's character devices. */
export interface ChardevPort {
  readonly kind: 'serial' | 'parallel';
  readonly connection: Connection;
}

/**
 * The form of a port's endpoint in an xl.cfg.
 *
 * @param device the port in the model, for its position in the document
 * @returns undefined if there is no such form, which is reported
 */
export function writeChardev(
  { kind, connection }: ChardevPort,
  device: object,
  report: Report,
  options: FormatOptions = {},
): XlSource | undefined {
  const lost = (what: string): void => {
    const message = `xl.cfg cannot express that a ${kind} port ${what}`;
    report.add('unsupported', message, originOf(connection));
  };
  if ('reconnectSeconds' in connection) lost('reconnects');
  if (connection.kind === 'file' && connection.append) lost('appends');
  const text = format(connection, options);
  if (text === undefined) {
    const message = `${connection.kind} ${kind} port omitted: xl.cfg cannot express it`;
    report.add('unsupported', message, originOf(device));
  } else if (text === ambiguous) {
    const message = `QEMU would read a part of this ${kind} port as something else`;
    report.add('xl-unrepresentable', message, originOf(connection) ?? originOf(device));
  } else {
    if (text.endsWith('@:')) {
      const message = `${kind} port written with an empty address after '@', as libvirt does: QEMU rejects it`;
      report.add('profile-libvirt', message, originOf(connection) ?? originOf(device));
    }
    return isLibvirts(options) && hasPath.has(connection.kind) ? escapedPath(text) : text;
  }
  return undefined;
}

const hasPath: ReadonlySet<Connection['kind']> = new Set(['file', 'pipe', 'device', 'socket']);

/** libvirt escapes the apostrophe of a path as well (xenFormatSxprChr), which xl decodes to the same text. */
function escapedPath(text: string): XlSource {
  if (!/['\\]/.test(text) || /["\n\r\0]/.test(text)) return text;
  return { source: `"${text.replace(/['\\]/g, '\\$&')}"` };
}

/** A port of which QEMU would take a part for something else. */
const ambiguous = Symbol('ambiguous');

/** @returns nothing if there is no such form; `ambiguous` if QEMU would take a part of it for something else */
function format(connection: Connection, options: FormatOptions): string | typeof ambiguous | undefined {
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
      const from = receive.host ?? '';
      // QEMU rejects an address without a port; 0 leaves that to the system, as libvirt's QEMU driver writes it.
      const fromPort = receive.service ?? (from === '' ? '' : '0');
      return areHosts(to, from) && arePorts(toPort, fromPort)
        ? // QEMU rejects an end of two empty parts.
          `udp:${to}:${toPort}${from === '' && fromPort === '' && !isLibvirts(options) ? '' : `@${from}:${fromPort}`}`
        : ambiguous;
    }
    default:
      return undefined;
  }
}

/** A comma would start an option of QEMU, an @ the other end of a UDP port. */
const areHosts = (...parts: readonly string[]): boolean => parts.every((part) => !/[,@\s]/.test(part));

/** A colon is followed by a port, and a port contains none; an IPv6 address does. */
const arePorts = (...parts: readonly string[]): boolean => parts.every((part) => !/[,@:\s]/.test(part));

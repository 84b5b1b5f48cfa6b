import type { Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import type { FormatOptions } from '../document/options.js';
import { isLibvirts } from '../document/profile.js';
import { isIpv6, withoutZone } from '../model/ip-address.js';
import type { Connection } from '../model/connection.js';
import type { XlSource } from '../xl-syntax/printer.js';

/** The options of a listening socket, as libvirt writes them. */
export const server = ',server,nowait';

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
  const text = formatConnection(connection, options);
  if (text === undefined) {
    const message = `${connection.kind} ${kind} port omitted: xl.cfg cannot express it`;
    report.add('unsupported', message, originOf(device));
  } else if (text === ambiguous) {
    const message = `QEMU would read a part of this ${kind} port as something else`;
    report.add('xl-unrepresentable', message, originOf(connection) ?? originOf(device));
  } else if (text === noIpv6) {
    const message = `QEMU's syntax of a ${kind} port has no UDP port with an IPv6 address`;
    report.add('xl-unrepresentable', message, originOf(connection) ?? originOf(device), 'use a host name');
  } else {
    const fault = isLibvirts(options) ? faultOf(text, connection) : undefined;
    if (fault !== undefined) {
      const message = `${kind} port written with ${fault}, as libvirt does: QEMU rejects it`;
      report.add('profile-libvirt', message, originOf(connection) ?? originOf(device));
    }
    return isLibvirts(options) && hasPath.has(connection.kind) ? escapedPath(text) : text;
  }
  return undefined;
}

/** The hosts of a connection; empty ones are not named. */
export function hostsOf(connection: Connection): readonly string[] {
  if (connection.kind === 'tcp') return [connection.host];
  if (connection.kind !== 'udp') return [];
  const { send, receive } = connection;
  return [send.host ?? '', receive?.host ?? ''];
}

/** What QEMU rejects of a text that libvirt writes. */
function faultOf(text: string, connection: Connection): string | undefined {
  if (text.endsWith('@:')) return "an empty address after '@'";
  return hostsOf(connection).some((host) => host.includes(':'))
    ? 'an IPv6 address before its port'
    : undefined;
}

const hasPath: ReadonlySet<Connection['kind']> = new Set(['file', 'pipe', 'device', 'socket']);

/** libvirt escapes the apostrophe of a path as well (xenFormatSxprChr), which xl decodes to the same text. */
function escapedPath(text: string): XlSource {
  if (!/['\\]/.test(text) || /["\n\r\0]/.test(text)) return text;
  return { source: `"${text.replace(/['\\]/g, '\\$&')}"` };
}

/** A port of which QEMU would take a part for something else. */
const ambiguous = Symbol('ambiguous');

/** A port whose address QEMU's syntax does not have: unlike a TCP port, a UDP port has no options there. */
const noIpv6 = Symbol('IPv6');

/** @returns nothing if there is no such form */
export function formatConnection(
  connection: Connection,
  options: FormatOptions,
): string | typeof ambiguous | typeof noIpv6 | undefined {
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
      const isAddress = host.includes(':') && !isLibvirts(options);
      if (isAddress && !isIpv6(withoutZone(host))) return ambiguous;
      // Before the port, QEMU accepts no colon; the option takes the place of what is there.
      const end = isAddress ? `:${service},host=${host}` : `${host}:${service}`;
      return `${protocol === 'raw' ? 'tcp' : 'telnet'}:${end}${mode === 'listen' ? server : ''}`;
    }
    case 'udp': {
      const { send, receive = {} } = connection;
      const [to, toPort] = [send.host ?? '', send.service ?? ''];
      const from = receive.host ?? '';
      if ((to.includes(':') || from.includes(':')) && !isLibvirts(options)) return noIpv6;
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

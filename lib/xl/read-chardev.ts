import type { Report } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import { omitUndefined } from '../language/omit-undefined.js';
import type { Connection, Endpoint } from '../model/connection.js';
import { isIpv6, withoutZone } from '../model/ip-address.js';
import { formatConnection, hostsOf, server } from './chardev.js';

/**
 * The forms that libvirt reads and writes (xen_common.c: xenParseSxprChar), and `host=` of a TCP port; QEMU supports
 * more.
 */
export function readChardev(text: string): Connection | undefined {
  const simple = simpleKinds.find((kind) => kind === text);
  if (simple) return { kind: simple };
  if (text.startsWith('/dev/')) return { kind: 'device', path: text };
  const colon = text.indexOf(':');
  const rest = text.slice(colon + 1);
  if (colon < 0 || rest === '') return undefined;
  const comma = rest.indexOf(',');
  const [end, options] = comma < 0 ? [rest, ''] : [rest.slice(0, comma), rest.slice(comma)];
  const [, address] = /^,host=([^,]+)/.exec(options) ?? [];
  const rules = address === undefined ? options : options.slice(`,host=${address}`.length);
  const mode = rules === server ? 'listen' : 'connect';
  // libvirt supports no other options of QEMU.
  const isKnown = rules === '' || rules === server;
  switch (text.slice(0, colon)) {
    case 'file':
      return { kind: 'file', path: rest, append: false };
    case 'pipe':
      return { kind: 'pipe', path: rest };
    case 'unix':
      return isKnown && address === undefined ? { kind: 'socket', path: end, mode } : undefined;
    case 'tcp':
      return isKnown ? readTcp(end, 'raw', mode, address) : undefined;
    case 'telnet':
      return isKnown ? readTcp(end, 'telnet', mode, address) : undefined;
    case 'udp':
      return options === '' ? readUdp(rest) : undefined;
    default:
      return undefined;
  }
}

const simpleKinds = ['pty', 'null', 'stdio', 'vc'] as const;

/** @param address the option `host`, which QEMU uses in place of the host before the port */
function readTcp(
  end: string,
  protocol: 'raw' | 'telnet',
  mode: 'listen' | 'connect',
  address?: string,
): Connection | undefined {
  const [, before = '', service] = /^(.*):([^:]+)$/.exec(end) ?? [];
  const host = readHost(address ?? before);
  return service === undefined || host === undefined
    ? undefined
    : { kind: 'tcp', host, service, protocol, mode };
}

/** An IPv6 address can be in brackets, as in URLs; no other host contains a colon. */
function readHost(text: string): string | undefined {
  const host = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  return host.includes(':') && !isIpv6(withoutZone(host)) ? undefined : host;
}

/**
 * Reports a port whose host contains a colon: QEMU reads what follows the first one as the port
 * (chardev/char.c: qemu_chr_parse_compat), with or without brackets.
 */
export function reportColons(text: string, connection: Connection, span: Span, report: Report): void {
  if (text.includes(',host=') || !hostsOf(connection).some((host) => host.includes(':'))) return;
  const form = connection.kind === 'tcp' ? formatConnection(connection, {}) : undefined;
  const hint = typeof form === 'string' ? `write ${form}` : 'use a host name, or an IPv4 address';
  const message = `'${text}' read as a port of an IPv6 address, which QEMU rejects: to it, the host ends at the first colon`;
  report.add('xl-nonstandard-syntax', message, span, hint);
}

/** HOST:PORT, then `@` and the receiving end. */
function readUdp(rest: string): Connection | undefined {
  const [to = '', from] = rest.split('@', 2);
  const [send, receive] = [readEnd(to), from === undefined ? undefined : readEnd(from)];
  if (!send || (from !== undefined && !receive)) return undefined;
  return omitUndefined({ kind: 'udp', send, receive });
}

function readEnd(text: string): Endpoint | undefined {
  const [, before, service = ''] = /^(.*):([^:]*)$/.exec(text) ?? [];
  const host = before === undefined ? undefined : readHost(before);
  return host === undefined
    ? undefined
    : omitUndefined({ host: host || undefined, service: service || undefined });
}

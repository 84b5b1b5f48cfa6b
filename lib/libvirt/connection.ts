import type { Report } from '../diagnostics/diagnostic.js';
import { withOrigin } from '../diagnostics/origin.js';
import { omitUndefined } from '../language/omit-undefined.js';
import type { Connection, Endpoint } from '../model/connection.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

/** libvirt's names of the endpoints without parameters. */
const bare = ['null', 'stdio', 'vc', 'spicevmc', 'qemu-vdagent', 'dbus'] as const;

/**
 * Reads the endpoint of a channel, serial port or console: `type` and <source> (formatdomain, "Host interface").
 *
 * @returns undefined for a type that libvirt does not support, which is reported
 */
export function readConnection(device: XmlElement, report: Report): Connection | undefined {
  const type = device.attribute('type') ?? 'pty';
  const sources = device.all('source');
  const [source, second] = sources;
  if (second && type !== 'udp') {
    report.add('channel-connection', 'only one <source> is allowed here', second.tagSpan);
    return undefined;
  }
  const connection = readByType(type, device, sources, report);
  return connection && withOrigin(connection, (source ?? device).tagSpan, pathPart(source));
}

const pathPart = (source: XmlElement | undefined): object =>
  source?.peek('path') === undefined ? {} : { path: source.attributeSpan('path') };

function readByType(
  type: string,
  device: XmlElement,
  sources: readonly XmlElement[],
  report: Report,
): Connection | undefined {
  const [source] = sources;
  const known = bare.find((kind) => kind === type);
  if (known) {
    // What the clipboard offers has no meaning without it.
    if (known === 'qemu-vdagent') source?.markAllRead();
    return { kind: known };
  }
  switch (type) {
    case 'pty':
      return { kind: 'pty' };
    case 'unix':
      return readSocket(device, source, report);
    case 'file': {
      const path = pathOf(type, device, source, report);
      return path === undefined
        ? undefined
        : { kind: 'file', path, append: source?.attribute('append') === 'on' };
    }
    case 'pipe':
    case 'dev': {
      const path = pathOf(type, device, source, report);
      return path === undefined ? undefined : { kind: type === 'dev' ? 'device' : 'pipe', path };
    }
    case 'tcp':
      return readTcp(device, source, report);
    case 'udp':
      return readUdp(sources);
    case 'spiceport':
      return { kind: 'spiceport', channel: source?.attribute('channel') ?? '' };
    case 'nmdm':
      return {
        kind: 'nmdm',
        master: source?.attribute('master') ?? '',
        slave: source?.attribute('slave') ?? '',
      };
    default:
      report.add('channel-connection', `unknown endpoint type '${type}'`, device.attributeSpan('type'));
      return undefined;
  }
}

/** A required path. */
function pathOf(
  type: string,
  device: XmlElement,
  source: XmlElement | undefined,
  report: Report,
): string | undefined {
  const path = source?.attribute('path');
  if (path !== undefined && path !== '') return path;
  report.add('channel-path', `type '${type}' requires <source path='...'/>`, (source ?? device).tagSpan);
  return undefined;
}

function readMode(
  source: XmlElement | undefined,
  fallback: 'listen' | 'connect',
  report: Report,
): 'listen' | 'connect' {
  const mode = source?.attribute('mode');
  if (source && mode !== undefined && mode !== 'bind' && mode !== 'connect') {
    report.add(
      'channel-connection',
      `mode '${mode}' is neither 'bind' nor 'connect'`,
      source.attributeSpan('mode'),
    );
  }
  if (mode === 'bind') return 'listen';
  return mode === 'connect' ? 'connect' : fallback;
}

/** Without a mode libvirt listens; an empty path means none, as CloudStack's agent can write it. */
function readSocket(
  device: XmlElement,
  source: XmlElement | undefined,
  report: Report,
): Connection | undefined {
  const mode = readMode(source, 'listen', report);
  const path = source?.attribute('path');
  const reconnect = readReconnect(source, mode, report);
  if (mode === 'listen') return omitUndefined({ kind: 'socket', mode, path: path || undefined });
  if (path) return { kind: 'socket', mode, path, ...reconnect };
  report.add('channel-path', "mode='connect' requires a path", (source ?? device).tagSpan);
  return undefined;
}

function readReconnect(
  source: XmlElement | undefined,
  mode: 'listen' | 'connect',
  report: Report,
): { readonly reconnectSeconds?: number } {
  const reconnect = source?.child('reconnect');
  if (reconnect?.attribute('enabled') !== 'yes') return {};
  if (mode === 'listen') {
    report.add(
      'channel-connection',
      "<reconnect> requires mode='connect'",
      reconnect.tagSpan,
      "remove it, or use mode='connect'",
    );
  }
  const timeout = reconnect.attribute('timeout');
  return { reconnectSeconds: timeout !== undefined && /^[0-9]{1,9}$/.test(timeout) ? Number(timeout) : 1 };
}

const protocols = ['raw', 'telnet', 'telnets', 'tls'] as const;

function readTcp(device: XmlElement, source: XmlElement | undefined, report: Report): Connection | undefined {
  const mode = readMode(source, 'connect', report);
  const service = source?.attribute('service');
  if (service === undefined || service === '') {
    report.add(
      'channel-connection',
      "type 'tcp' requires <source service='PORT'/>",
      (source ?? device).tagSpan,
    );
    return undefined;
  }
  const given = device.child('protocol');
  const name = given?.attribute('type') ?? 'raw';
  const protocol = protocols.find((known) => known === name);
  if (given && !protocol) {
    report.add('channel-connection', `unknown protocol '${name}'`, given.attributeSpan('type'));
  }
  const endpoint = {
    kind: 'tcp',
    host: source?.attribute('host') ?? '',
    service,
    protocol: protocol ?? 'raw',
  } as const;
  const reconnect = readReconnect(source, mode, report);
  return mode === 'listen' ? { ...endpoint, mode } : { ...endpoint, mode, ...reconnect };
}

/** The destination is the source with mode='connect'; the receiving end is the one with 'bind'. */
function readUdp(sources: readonly XmlElement[]): Connection {
  const end = (source: XmlElement | undefined): Endpoint => {
    const [host, service] = [source?.attribute('host'), source?.attribute('service')];
    return omitUndefined({ host: host || undefined, service: service || undefined });
  };
  const modes = sources.map((source) => source.attribute('mode'));
  const receive = sources[modes.indexOf('bind')];
  const send = sources.find((source) => source !== receive);
  return omitUndefined({ kind: 'udp', send: end(send), receive: receive && end(receive) });
}

/** The value of `type`, and the children with the parameters. */
export function writeConnection(connection: Connection): {
  readonly type: string;
  readonly children: readonly XmlTree[];
} {
  const { kind } = connection;
  switch (kind) {
    case 'socket': {
      const { path, mode } = connection;
      if (path === undefined) return { type: 'unix', children: [] };
      return {
        type: 'unix',
        children: [element('source', { mode: writeMode(mode), path }, writeReconnect(connection))],
      };
    }
    case 'file':
      return {
        type: 'file',
        children: [
          element('source', { path: connection.path, append: connection.append ? 'on' : undefined }),
        ],
      };
    case 'pipe':
      return { type: 'pipe', children: [element('source', { path: connection.path })] };
    case 'device':
      return { type: 'dev', children: [element('source', { path: connection.path })] };
    case 'tcp': {
      const { host, service, mode, protocol } = connection;
      const attributes = { mode: writeMode(mode), host: host === '' ? undefined : host, service };
      return {
        type: 'tcp',
        children: [
          element('source', attributes, writeReconnect(connection)),
          element('protocol', { type: protocol }),
        ],
      };
    }
    case 'udp': {
      const { send, receive } = connection;
      return {
        type: 'udp',
        children: [
          ...(receive ? [element('source', { mode: 'bind', ...receive })] : []),
          element('source', { mode: 'connect', ...send }),
        ],
      };
    }
    case 'spiceport':
      return { type: 'spiceport', children: [element('source', { channel: connection.channel })] };
    case 'nmdm':
      return {
        type: 'nmdm',
        children: [element('source', { master: connection.master, slave: connection.slave })],
      };
    default:
      return { type: kind, children: [] };
  }
}

const writeMode = (mode: 'listen' | 'connect'): string => (mode === 'listen' ? 'bind' : 'connect');

const writeReconnect = (connection: Connection): readonly XmlTree[] =>
  'reconnectSeconds' in connection
    ? [element('reconnect', { enabled: 'yes', timeout: connection.reconnectSeconds })]
    : [];

/** Connections of ports in an xl.cfg: QEMU's character devices, written as a text. */
import type { Connection } from '../../lib/index.js';

/** Kinds that xl.cfg can express. */
export const serialKinds: readonly string[] = [
  'pty',
  'null',
  'stdio',
  'vc',
  'device',
  'file',
  'pipe',
  'tcp',
  'udp',
  'socket',
];

/** QEMU would read a comma as the start of an option, and an @ as the local end of a UDP port. */
const isPlain = (...texts: readonly (string | undefined)[]): boolean =>
  texts.every((text) => !/[,@]/.test(text ?? ''));

export function isSayableChardev(connection: Connection): boolean {
  switch (connection.kind) {
    case 'tcp': {
      const { protocol, host, service } = connection;
      return (protocol === 'raw' || protocol === 'telnet') && isPlain(host, service);
    }
    case 'udp': {
      const { send, receive } = connection;
      return isPlain(send.host, send.service, receive?.host, receive?.service);
    }
    case 'socket':
      return connection.path !== undefined && !connection.path.includes(',');
    case 'device':
      return connection.path.startsWith('/dev/');
    default:
      return ['pty', 'null', 'stdio', 'vc', 'file', 'pipe'].includes(connection.kind);
  }
}

/** A connection without what xl.cfg cannot express: reconnecting and appending. */
export function plainly(connection: Connection): Connection {
  if (connection.kind === 'file') return { ...connection, append: false };
  if (!('reconnectSeconds' in connection)) return connection;
  const entries = Object.entries(connection).filter(([name]) => name !== 'reconnectSeconds');
  return Object.fromEntries(entries) as unknown as Connection;
}

export const hasMore = ({ connection }: { readonly connection: Connection }): boolean =>
  'reconnectSeconds' in connection || (connection.kind === 'file' && connection.append);

/** An empty local end of a UDP port is absent; the port of a local address without one is 0, any port. */
export function receiving(connection: Connection): Connection {
  if (connection.kind !== 'udp') return connection;
  const { send, receive } = connection;
  if (!receive?.host && !receive?.service) return { kind: 'udp', send };
  return receive.service === undefined
    ? { ...connection, receive: { ...receive, service: '0' } }
    : connection;
}

/** What a port's host end in an xl.cfg can be: one of QEMU's character devices, in a text. */
import type { Connection } from '../../lib/index.js';

/** Kinds that xl.cfg has a form for. */
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

/** QEMU takes a comma for the beginning of an option, and an @ for the other end of a UDP port. */
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

/** What a port in an xl.cfg does not have: that it tries again, or appends. */
export function plainly(connection: Connection): Connection {
  if (connection.kind === 'file') return { ...connection, append: false };
  if (!('reconnectSeconds' in connection)) return connection;
  const entries = Object.entries(connection).filter(([name]) => name !== 'reconnectSeconds');
  return Object.fromEntries(entries) as unknown as Connection;
}

export const hasMore = ({ connection }: { readonly connection: Connection }): boolean =>
  'reconnectSeconds' in connection || (connection.kind === 'file' && connection.append);

/** An empty end to receive on is left to the system, as if there were none; so is the port of an address alone. */
export function receiving(connection: Connection): Connection {
  if (connection.kind !== 'udp') return connection;
  const { send, receive } = connection;
  if (!receive?.host && !receive?.service) return { kind: 'udp', send };
  return receive.service === undefined
    ? { ...connection, receive: { ...receive, service: '0' } }
    : connection;
}

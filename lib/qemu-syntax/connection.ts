import { omitUndefined } from '../language/omit-undefined.js';
import { unreachable, type Connection, type Endpoint } from '../model/connection.js';
import type { Chardev, InetAddress, Side } from './chardev.js';

/** A chardev, or the reason why there is none. */
export type ChardevOrRefusal = { readonly chardev: Chardev } | { readonly refusal: string };

/**
 * The chardev for a connection.
 *
 * @returns a reason, for messages, for what QEMU supports in a full device model only, and for a socket without a
 *   path: the caller has chosen one before
 */
export function chardevOf(connection: Connection): ChardevOrRefusal {
  const misplaced = 'path' in connection ? pathProblem(connection.path) : undefined;
  if (misplaced !== undefined) return { refusal: misplaced };
  switch (connection.kind) {
    case 'null':
    case 'pty':
      return { chardev: { type: connection.kind } };
    case 'socket': {
      const { path } = connection;
      if (path === undefined) return { refusal: 'socket without a path' };
      return { chardev: { type: 'unix', path, ...sideOf(connection) } };
    }
    case 'file': {
      const { path, append } = connection;
      return { chardev: { type: 'file', path, append } };
    }
    case 'pipe':
      return { chardev: { type: 'pipe', path: connection.path } };
    case 'device':
      return {
        chardev: { type: isParallelPort(connection.path) ? 'parallel' : 'serial', path: connection.path },
      };
    case 'tcp': {
      const { host, service, protocol, mode } = connection;
      if (protocol === 'tls')
        return { refusal: 'TLS requires certificates, which the document does not specify' };
      if (protocol === 'telnets') return { refusal: 'QEMU does not support telnet over TLS' };
      const address = { host: mode === 'connect' ? host || thisHost : host, port: service };
      return { chardev: { type: 'tcp', address, telnet: protocol === 'telnet', ...sideOf(connection) } };
    }
    case 'udp': {
      const { send, receive } = connection;
      if (send.service === undefined) return { refusal: 'UDP without a destination port' };
      const remote = { host: send.host ?? thisHost, port: send.service };
      return { chardev: omitUndefined({ type: 'udp', remote, local: receive && localAddress(receive) }) };
    }
    case 'spicevmc':
    case 'spiceport':
      return { refusal: 'SPICE requires the device model of an HVM guest' };
    case 'stdio':
    case 'vc':
    case 'nmdm':
      return { refusal: unreachable[connection.kind] };
    case 'qemu-vdagent':
    case 'dbus':
      return { refusal: `'${connection.kind}' requires a display of QEMU, which virt2xen does not set up` };
  }
}

/** The connection that a chardev is for: the reverse of chardevOf. */
export function connectionOf(chardev: Chardev): Connection {
  switch (chardev.type) {
    case 'null':
    case 'pty':
      return { kind: chardev.type };
    case 'unix': {
      const { path, mode } = chardev;
      if (mode === 'listen') return { kind: 'socket', mode, path };
      const { reconnectSeconds } = chardev;
      return { kind: 'socket', mode, path, ...(reconnectSeconds !== undefined && { reconnectSeconds }) };
    }
    case 'file':
      return { kind: 'file', path: chardev.path, append: chardev.append };
    case 'pipe':
      return { kind: 'pipe', path: chardev.path };
    case 'serial':
    case 'parallel':
      return { kind: 'device', path: chardev.path };
    case 'tcp': {
      const { address, telnet } = chardev;
      const protocol = telnet ? 'telnet' : 'raw';
      const end = { kind: 'tcp', host: address.host, service: address.port, protocol } as const;
      if (chardev.mode === 'listen') return { ...end, mode: 'listen' };
      const { mode, reconnectSeconds } = chardev;
      return { ...end, mode, ...(reconnectSeconds !== undefined && { reconnectSeconds }) };
    }
    case 'udp': {
      const { remote, local } = chardev;
      const send = { host: remote.host, service: remote.port };
      return { kind: 'udp', send, ...(local && { receive: receivingEnd(local) }) };
    }
  }
}

const receivingEnd = ({ host, port }: InetAddress): Endpoint => ({
  ...(host !== '' && { host }),
  ...(port !== '0' && { service: port }),
});

function sideOf(connection: Extract<Connection, { kind: 'socket' | 'tcp' }>): Side {
  if (connection.mode === 'listen') return { mode: 'listen' };
  const { mode, reconnectSeconds } = connection;
  return omitUndefined({ mode, reconnectSeconds });
}

/** The address to connect to if no host is specified; for listening, that means every address. */
const thisHost = 'localhost';

/** Any port of any address, unless specified. */
const localAddress = ({ host = '', service = '0' }: Endpoint): InetAddress => ({ host, port: service });

/** Linux' name for them (ppdev). Any other device is a terminal. */
const isParallelPort = (path: string): boolean => /^\/dev\/parport[0-9]+$/.test(path);

function pathProblem(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  if (!path.startsWith('/')) return `path '${path}' is not absolute`;
  // util/osdep.c: qemu_open does not open such a path, but uses a descriptor passed to it.
  if (path.startsWith('/dev/fdset/')) return `path '${path}' is reserved by QEMU for file descriptors`;
  return undefined;
}

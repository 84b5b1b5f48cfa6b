import type { Chardev, InetAddress } from '../../qemu-syntax/chardev.js';

/** The host side of a channel. */
export type Endpoint =
  /** Absent until the backend has created the terminal. */
  | { readonly kind: 'pty'; readonly path?: string }
  | { readonly kind: 'socket' | 'file' | 'pipe' | 'serial' | 'parallel'; readonly path: string }
  | { readonly kind: 'tcp' | 'udp'; readonly address: string }
  | { readonly kind: 'null' }
  /** Not in the keys. */
  | { readonly kind: 'other' };

/** @returns `undefined` for a pty: its terminal is in the keys only */
export function endpointOf(chardev: Chardev): Endpoint | undefined {
  switch (chardev.type) {
    case 'pty':
      return undefined;
    case 'null':
      return { kind: 'null' };
    case 'unix':
      return { kind: 'socket', path: chardev.path };
    case 'tcp':
      return { kind: 'tcp', address: textOf(chardev.address) };
    case 'udp':
      return { kind: 'udp', address: textOf(chardev.remote) };
    default:
      return { kind: chardev.type, path: chardev.path };
  }
}

const textOf = ({ host, port }: InetAddress): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

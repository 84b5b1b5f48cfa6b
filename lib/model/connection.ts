/**
 * The endpoint of a character device on the host: of a channel, a serial port or a console. A tagged union, so that
 * a path exists only where it has a meaning. The kinds are libvirt's (formatdomain, "Host interface"), `socket` for
 * its `unix` and `device` for its `dev`.
 */
export type Connection =
  | { readonly kind: 'pty' }
  /** A Unix socket to listen on; without a path, the toolstack chooses one. */
  | { readonly kind: 'socket'; readonly mode: 'listen'; readonly path?: string }
  | ({ readonly kind: 'socket'; readonly mode: 'connect'; readonly path: string } & Reconnecting)
  | { readonly kind: 'file'; readonly path: string; readonly append: boolean }
  | { readonly kind: 'pipe'; readonly path: string }
  | { readonly kind: 'device'; readonly path: string }
  | (TcpEndpoint & { readonly mode: 'listen' })
  | (TcpEndpoint & { readonly mode: 'connect' } & Reconnecting)
  | { readonly kind: 'udp'; readonly send: Endpoint; readonly receive?: Endpoint }
  | { readonly kind: 'spiceport'; readonly channel: string }
  | { readonly kind: 'nmdm'; readonly master: string; readonly slave: string }
  | { readonly kind: 'null' | 'stdio' | 'vc' | 'spicevmc' | 'qemu-vdagent' | 'dbus' };

interface TcpEndpoint {
  readonly kind: 'tcp';
  /** Empty: every address, or this host. */
  readonly host: string;
  /** A port, by number or name. */
  readonly service: string;
  readonly protocol: 'raw' | 'telnet' | 'telnets' | 'tls';
}

/** A connection that can be retried. */
interface Reconnecting {
  /** Seconds between two attempts; absent: it is not retried. */
  readonly reconnectSeconds?: number;
}

/** A host and port; either can be left to the system. */
export interface Endpoint {
  readonly host?: string;
  readonly service?: string;
}

/** Why an endpoint is impossible on Xen, whichever program creates the device. */
export const unreachable = {
  stdio: 'its endpoint would be the standard input of the device model',
  vc: "its endpoint would be a text console in the device model's window",
  nmdm: 'null modem devices exist on FreeBSD bhyve hosts only',
  'qemu-vdagent': "QEMU's own clipboard agent needs a virtio serial port",
  dbus: "QEMU's D-Bus display needs a virtio serial port",
} as const satisfies Partial<Record<Connection['kind'], string>>;

/**
 * The host's end of a character device: a channel, a serial port, a console. A keyed union, so
 * that a path exists only where it means something. The kinds are libvirt's
 * (formatdomain, "Host interface"), `socket` for its `unix` and `device` for its `dev`.
 */
export type Connection =
  | { readonly kind: 'pty' }
  /** A Unix socket to listen on; without a path, whoever starts the domain chooses one. */
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

/** What connects can try again. */
interface Reconnecting {
  /** Seconds between two tries; absent: it does not try again. */
  readonly reconnectSeconds?: number;
}

/** A host and port; either may be left to the system. */
export interface Endpoint {
  readonly host?: string;
  readonly service?: string;
}

/** Why a host end cannot be had on Xen, whoever makes the device. */
export const unreachable = {
  stdio: 'its endpoint would be the standard input of the device model',
  vc: "its endpoint would be a text console in the device model's window",
  nmdm: 'null modem devices exist on FreeBSD bhyve hosts only',
  'qemu-vdagent': "QEMU's own clipboard agent needs a virtio serial port",
  dbus: "QEMU's D-Bus display needs a virtio serial port",
} as const satisfies Partial<Record<Connection['kind'], string>>;

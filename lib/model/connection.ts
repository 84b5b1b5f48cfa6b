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

/**
 * Why Xen has no channel to a client of a display. Without one, a guest loses its clipboard or shared folders and
 * works otherwise.
 * @returns undefined for any other connection
 */
export function displayChannelReason({ kind }: Connection): string | undefined {
  switch (kind) {
    case 'spicevmc':
      return 'a SPICE agent channel needs an HVM guest with SPICE graphics';
    case 'spiceport':
      return 'Xen cannot connect a channel to a SPICE port';
    case 'qemu-vdagent':
      return "Xen cannot connect a channel to QEMU's clipboard";
    default:
      return undefined;
  }
}

/** Why an endpoint is impossible on Xen, whichever program creates the device. */
export const unreachable = {
  stdio: 'its endpoint would be the standard input of the device model',
  vc: "its endpoint would be a text console in the device model's window",
  nmdm: 'null modem devices exist on FreeBSD bhyve hosts only',
  dbus: "QEMU's D-Bus display needs a virtio serial port",
} as const satisfies Partial<Record<Connection['kind'], string>>;

/** @returns undefined for an endpoint that is possible */
export function whyUnreachable({ kind }: Connection): string | undefined {
  return Object.hasOwn(unreachable, kind) ? unreachable[kind as keyof typeof unreachable] : undefined;
}

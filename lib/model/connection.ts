/**
 * The host's end of a character device: a channel, a serial port, a console. A keyed union, so
 * that a path exists only where it means something. The kinds are libvirt's
 * (formatdomain, "Host interface"), `socket` for its `unix` and `device` for its `dev`.
 */
export type Connection =
  | { readonly kind: 'pty' }
  /** A Unix socket; without a path, whoever starts the domain chooses one. */
  | {
      readonly kind: 'socket';
      readonly path?: string;
      readonly mode: 'listen' | 'connect';
      readonly reconnectSeconds?: number;
    }
  | { readonly kind: 'file'; readonly path: string; readonly append: boolean }
  | { readonly kind: 'pipe'; readonly path: string }
  | { readonly kind: 'device'; readonly path: string }
  | {
      readonly kind: 'tcp';
      readonly host: string;
      readonly service: string;
      readonly mode: 'listen' | 'connect';
      readonly protocol: 'raw' | 'telnet' | 'telnets' | 'tls';
      readonly reconnectSeconds?: number;
    }
  | { readonly kind: 'udp'; readonly send: Endpoint; readonly receive?: Endpoint }
  | { readonly kind: 'spiceport'; readonly channel: string }
  | { readonly kind: 'nmdm'; readonly master: string; readonly slave: string }
  | { readonly kind: 'null' | 'stdio' | 'vc' | 'spicevmc' | 'qemu-vdagent' | 'dbus' };

/** A host and port; either may be left to the system. */
export interface Endpoint {
  readonly host?: string;
  readonly service?: string;
}

import type { Connection } from './connection.js';

/** A private, named byte stream between host and guest. */
export interface Channel {
  /** The name by which the guest finds it, such as `org.qemu.guest_agent.0`. */
  readonly name: string;
  readonly connection: Connection;
  /** How the guest sees it; absent: as a PV console with a name. */
  readonly transport?: Transport;
  /** The domain that serves it, by name or id; dom0 if absent. xl: `backend=`. */
  readonly backendDomain?: string;
  /** Gets a copy of what the guest sends. */
  readonly log?: LogFile;
}

/** A device of the guest that carries a channel. */
export type Transport =
  /** A PV console, which any guest can have. The guest finds it by its name in xenstore. */
  | { readonly kind: 'pv-console' }
  /** A port of QEMU's virtio-serial device, which only an HVM guest can have. The guest finds it as on KVM. */
  | {
      readonly kind: 'virtio-serial';
      /** The number of the port on its controller; absent: it follows from the name. */
      readonly nr?: number;
    };

/** Whether a channel is a port of a virtio-serial device. */
export const isPort = ({ transport }: Channel): boolean => transport?.kind === 'virtio-serial';

/** A file on the host; without `append`, its earlier content is overwritten. */
export interface LogFile {
  readonly path: string;
  readonly append: boolean;
}

/**
 * The socket that libvirt's Xen driver creates for a channel without a path (libxl_conf.c: libxlPrepareChannel).
 */
export function defaultChannelPath(domainName: string, channelName: string): string {
  return `/var/lib/libvirt/libxl/channel/target/${domainName}-${channelName}`;
}

import type { Connection } from './connection.js';

/** A private, named byte stream between host and guest: on Xen, a PV console with a name. */
export interface Channel {
  /** The name by which the guest finds it, such as `org.qemu.guest_agent.0`. */
  readonly name: string;
  readonly connection: Connection;
  /** The domain that serves it, by name or id; dom0 if absent. xl: `backend=`. */
  readonly backendDomain?: string;
  /** Gets a copy of what the guest sends. */
  readonly log?: LogFile;
}

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

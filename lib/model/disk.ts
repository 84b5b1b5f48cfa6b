import type { Os } from './os.js';

/** What a disk's bytes are kept in. */
export type DiskSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'block'; readonly path: string }
  | RbdImage
  | NetworkImage
  | PoolVolume;

/** A volume of a storage pool that libvirt manages; where the pool is, only its host knows. */
export interface PoolVolume {
  readonly kind: 'volume';
  readonly pool: string;
  readonly volume: string;
}

/** An image in a Ceph cluster, which QEMU's block driver `rbd` opens. */
export interface RbdImage {
  readonly kind: 'rbd';
  /** `POOL/IMAGE`, or `POOL/NAMESPACE/IMAGE`. */
  readonly name: string;
  readonly snapshot?: string;
  /** The cluster's monitors; none: those of its configuration file. */
  readonly monitors: readonly RbdMonitor[];
  /** Who logs in; absent: nobody does. Ceph finds the key by the name, in its keyring. */
  readonly user?: string;
  /** Ceph's configuration file; absent: /etc/ceph/ceph.conf. */
  readonly configFile?: string;
}

/** Protocols of QEMU's block drivers that a URL names, beside Ceph (block/nbd.c, iscsi.c, curl.c, ssh.c, gluster.c, nfs.c). */
export const networkProtocols = [
  'nbd',
  'iscsi',
  'http',
  'https',
  'ftp',
  'ftps',
  'ssh',
  'gluster',
  'nfs',
] as const;
export type NetworkProtocol = (typeof networkProtocols)[number];

/** An image on a server of one of these protocols. */
export interface NetworkImage {
  readonly kind: 'network';
  readonly protocol: NetworkProtocol;
  /** The export, `IQN/LUN`, `VOLUME/IMAGE`, or the path without its first slash; absent: the server's default export. */
  readonly name?: string;
  readonly server:
    | { readonly host: string; readonly port?: string }
    /** A Unix socket, of nbd and gluster. */
    | { readonly socket: string };
  /** What follows the `?` of a URL of http and https. */
  readonly query?: string;
}

export interface RbdMonitor {
  readonly host: string;
  readonly port?: string;
}

/** The path of what has one. */
export const pathOf = (source: DiskSource | undefined): string | undefined =>
  source && 'path' in source ? source.path : undefined;

/** Image formats that Xen serves (xl-disk-configuration(5)). */
export const diskFormats = ['raw', 'qcow', 'qcow2', 'vhd', 'qed'] as const;
export type DiskFormat = (typeof diskFormats)[number];

/** Who serves a disk in dom0; absent: the toolstack chooses. */
export type DiskBackend = 'phy' | 'qdisk' | 'tap';

/** How the guest sees it. `paravirtual` is Xen's own bus, libvirt's `xen`. */
export type DiskBus = 'ide' | 'scsi' | 'sata' | 'usb' | 'virtio' | 'paravirtual';

export interface Disk {
  readonly device: 'disk' | 'cdrom';
  /** Absent: an empty drive. */
  readonly source?: DiskSource;
  readonly format: DiskFormat;
  readonly backend?: DiskBackend;
  /** The name by which the guest's bus knows it: `xvda`, `hdc`, `sdb`. */
  readonly target: string;
  readonly bus?: DiskBus;
  readonly readonly: boolean;
  /** The domain that serves it, by name or id; dom0 if absent. */
  readonly backendDomain?: string;
  /** Parameters that only xl knows, as it writes them: `discard`, `script=block-drbd`. */
  readonly xlParameters?: readonly string[];
}

/** The bus that libxl puts a disk of that name on: xl.cfg has no other word for it (libxl_device.c). */
export function busOfName(target: string, os: Os): DiskBus {
  if (os.type !== 'hvm' || !/^[hs]d/.test(target)) return 'paravirtual';
  return target.startsWith('sd') ? 'scsi' : 'ide';
}

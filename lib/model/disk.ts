import { driveLetters, driveNumber } from './drive-letters.js';
import type { HostPort } from './host-port.js';
import type { Os } from './os.js';

/** The storage of a disk. */
export type DiskSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'block'; readonly path: string }
  | RbdImage
  | NetworkImage
  | PoolVolume;

/** A volume of a storage pool that libvirt manages; the location of the pool is known to its host only. */
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
  /** The cluster's monitors; if empty, those of its configuration file. */
  readonly monitors: readonly HostPort[];
  /** The user that logs in; absent: no login. Ceph finds the key by this name, in its keyring. */
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
    | HostPort
    /** A Unix socket, of nbd and gluster. */
    | { readonly socket: string };
  /** What follows the `?` of a URL of http and https. */
  readonly query?: string;
}

/** The path of a source, if it has one. */
export const pathOf = (source: DiskSource | undefined): string | undefined =>
  source && 'path' in source ? source.path : undefined;

/** Image formats that Xen supports (xl-disk-configuration(5)). */
export const diskFormats = ['raw', 'qcow', 'qcow2', 'vhd', 'qed'] as const;
export type DiskFormat = (typeof diskFormats)[number];

/** Who serves a disk in dom0; absent: the toolstack chooses. `tap` is in old documents only: libxl has no blktap. */
export type DiskBackend = 'phy' | 'qdisk' | 'tap';

/** The bus that the guest sees. `paravirtual` is Xen's own bus, libvirt's `xen`. */
export type DiskBus = 'ide' | 'scsi' | 'sata' | 'usb' | 'virtio' | 'paravirtual';

export interface Disk {
  readonly device: 'disk' | 'cdrom';
  /** Absent: an empty drive. */
  readonly source?: DiskSource;
  readonly format: DiskFormat;
  readonly backend?: DiskBackend;
  /** The name that identifies it on the guest's bus: `xvda`, `hdc`, `sdb`. */
  readonly target: string;
  readonly bus?: DiskBus;
  readonly readonly: boolean;
  /** The domain that serves it, by name or id; dom0 if absent. */
  readonly backendDomain?: string;
  /** Parameters that only xl has, in its syntax: `discard`, `script=block-drbd`. */
  readonly xlParameters?: readonly string[];
}

/** A disk's name without its number, by the most letters and the highest number that libxl accepts of each kind. */
const diskNames: Readonly<Record<string, readonly [disks: number, partitions: number]>> = {
  xvd: [2 ** 20, 255],
  hd: [4, 63],
  sd: [16, 15],
};

/**
 * Whether libxl accepts the name of a disk (libxl_device.c: libxl__device_disk_dev_number): letters and a partition,
 * `d1p2`, or a device number as C's strtoul reads it.
 */
export function isDiskName(name: string): boolean {
  const match = /^(xvd|hd|sd)([a-z]{1,5})([1-9][0-9]{0,2})?$/.exec(name);
  const limits = match && diskNames[match[1] ?? ''];
  if (limits && driveNumber(match[2] ?? '') < limits[0] && Number(match[3] ?? 0) <= limits[1]) return true;
  if (/^d[0-9]{1,7}p[0-9]{1,3}$/.test(name)) return true;
  return /^(?:0x[0-9a-f]+|[0-9]+)$/i.test(name) && Number(name) < 2 ** 31;
}

/**
 * The name of the disk with a device number: that of Linux for a device on xvd, hd or sd, or Xen's own for more disks
 * and partitions (libxl_device.c: libxl__device_disk_dev_number; Xen's docs/man/xen-vbd-interface.7).
 * @returns undefined for the number of another device
 */
export function diskNameOf(device: number): string | undefined {
  const name = (kind: string, disk: number, partition: number): string | undefined => {
    const found = `${kind}${driveLetters(disk)}${partition === 0 ? '' : partition}`;
    return isDiskName(found) ? found : undefined;
  };
  const [major, minor] = [Math.floor(device / 256), device % 256];
  const isExtended = device >= 2 ** 28 && device < 2 ** 29;
  if (isExtended) {
    const disk = Math.floor((device - 2 ** 28) / 256);
    // Where Linux has a number of its own, the name stands for that.
    return disk > 15 || minor > 15 ? name('xvd', disk, minor) : undefined;
  }
  switch (major) {
    case 202:
      return name('xvd', minor >> 4, minor & 15);
    case 3:
      return minor < 128 ? name('hd', minor >> 6, minor & 63) : undefined;
    case 22:
      return minor < 128 ? name('hd', 2 + (minor >> 6), minor & 63) : undefined;
    case 8:
      return name('sd', minor >> 4, minor & 15);
    default:
      return undefined;
  }
}

/**
 * Since QEMU 6.1, xen_block_drive_create opens files and block devices only: a PV guest does not get the disk, an HVM
 * guest has it until its own drivers take over.
 */
export const imageOnUrl = ({ target }: Disk, what: string): string =>
  `disk '${target}': QEMU 6.1 and newer open ${what} images only for emulated disks of HVM guests`;

/** What to do about an image that xl, or libvirt's Xen driver, cannot open. */
export const attachHint = 'attach it in dom0, and give its device or file';

/** QEMU creates no empty drive for a PV or PVH guest (xen-block.c). */
export const emptyDriveReason =
  'a PV or PVH guest cannot have an empty drive, and waits five minutes for it when it starts';

/** The bus of a disk with that name: in xl.cfg the name alone determines it (libxl_device.c). */
export function busOfName(target: string, os: Os): DiskBus {
  if (os.type !== 'hvm' || !/^[hs]d/.test(target)) return 'paravirtual';
  return target.startsWith('sd') ? 'scsi' : 'ide';
}

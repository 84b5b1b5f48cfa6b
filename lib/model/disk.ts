/** What a disk's bytes are kept in. */
export type DiskSource =
  { readonly kind: 'file'; readonly path: string } | { readonly kind: 'block'; readonly path: string };

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
  /** Parameters that only xl knows, as it writes them: `discard`, `script=block-drbd`. */
  readonly xlParameters?: readonly string[];
}

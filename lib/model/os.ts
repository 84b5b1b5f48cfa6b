import type { Architecture, defaultArchitecture } from './architecture.js';

/**
 * Whether a path is that of the firmware of every HVM guest, wherever it is installed: xl and libvirt's Xen driver
 * use their own, whatever its directory is (xl_parse.c: parse_config_data; libxl_conf.c).
 */
export const isHvmloader = (path: string): boolean => /(?:^|\/)hvmloader$/.test(path);

/** How a guest runs on Xen, and what it boots. */
export type Os = ParavirtualOs | HvmOs;

/** What every guest has: its architecture, and optionally a kernel from the host's file system. */
export interface DirectKernel {
  /** Absent: x86_64. */
  readonly architecture?: Exclude<Architecture, typeof defaultArchitecture>;
  readonly kernel?: string;
  readonly initrd?: string;
  readonly cmdline?: string;
}

export interface ParavirtualOs extends DirectKernel {
  readonly type: 'pv' | 'pvh';
  /** A program of dom0 that fetches the kernel from the guest's disk, such as pygrub. */
  readonly bootloader?: string;
  readonly bootloaderArgs?: readonly string[];
}

export interface HvmOs extends DirectKernel {
  readonly type: 'hvm';
  /** In the order in which the firmware tries them; empty: the toolstack's default, the first disk. */
  readonly boot: readonly BootDevice[];
  /**
   * The hard disk, by the name that the document gives it, that the firmware has to try before the others. On Xen that
   * is the one with the first name, so that only a document for KVM's driver can choose another.
   */
  readonly bootDisk?: string;
  /** A file of ACPI tables that are added to Xen's own. */
  readonly acpiTables?: string;
  /** Absent: SeaBIOS. */
  readonly firmware?: { readonly kind: 'ovmf'; readonly path?: string };
}

export type BootDevice = 'disk' | 'cdrom' | 'network' | 'floppy';

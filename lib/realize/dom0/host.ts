import type { QemuBinary } from '../qemu/binary.js';
import type { Xenstore } from '../xenstore/client.js';

/** The host that channels are made on. */
export interface Host {
  readonly store: Xenstore;
  /** Holds a directory for each domain. */
  readonly runtimeDirectory: string;
  /** Where libxl has its device models' monitors, `qmp-libxl-DOMID`. */
  readonly qmpDirectory: string;
  /** Looks for a QEMU that can serve consoles; asked only when one is to be started. */
  readonly findQemu: () => Promise<QemuBinary>;
  /** The environment of a QEMU of our own; this program's if absent. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** How long a guest may take to let go of a channel; 5 seconds if absent. */
  readonly closeTimeoutMs?: number;
  /** How long to wait for another virt2xen that works on the same domain; 30 seconds if absent. */
  readonly lockTimeoutSeconds?: number;
  /** Told before each thing that changes the host or the store, in words for people. */
  readonly onStep?: (what: string) => void | Promise<void>;
}

export const defaultRuntimeDirectory = '/run/virt2xen';
export const defaultQmpDirectory = '/run/xen';

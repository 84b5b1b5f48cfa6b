import type { QemuBinary } from '../qemu/binary.js';
import type { Xenstore } from '../xenstore/client.js';

/** The host of the channels. */
export interface Host {
  readonly store: Xenstore;
  /** Contains a directory for each domain. */
  readonly runtimeDirectory: string;
  /** The directory of the monitors of libxl's device models, `qmp-libxl-DOMID`. */
  readonly qmpDirectory: string;
  /** Finds a QEMU that can serve consoles; called only before one is started. */
  readonly findQemu: () => Promise<QemuBinary>;
  /** The environment of our own QEMU (default: that of this program). */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** How long a guest may take to release a channel (default: 5 seconds). */
  readonly closeTimeoutMs?: number;
  /** How long to wait for another virt2xen that works on the same domain (default: 30 seconds). */
  readonly lockTimeoutSeconds?: number;
  /** Called before each change of the host or xenstore, with a message. */
  readonly onStep?: (what: string) => void | Promise<void>;
}

export const defaultRuntimeDirectory = '/run/virt2xen';
export const defaultQmpDirectory = '/run/xen';

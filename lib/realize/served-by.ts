import type { Chardev, ChardevId } from '../qemu-syntax/chardev.js';
import { chardevId } from '../qemu-syntax/chardev.js';
import type { DevId } from './devid.js';

/** A channel to be served by a backend. */
export interface ChannelToServe {
  readonly devid: DevId;
  readonly name: string;
  readonly chardev: Chardev;
}

/** The keys of a channel that depend on its backend. */
export interface ServingKeys {
  /** The frontend's `output`: `pty`, or `chardev:ID`. */
  readonly output: string;
  /** Keys of the backend's directory that only the backend may read: host paths, for one. */
  readonly backend: Readonly<Record<string, string>>;
}

/** The pure half of a backend: which channels it supports, and their keys. */
export interface ServedBy {
  /** Its name in options and records. */
  readonly name: string;
  /** Why it cannot serve a channel; `undefined` if it can. */
  readonly unsupportedReason: (channel: ChannelToServe) => string | undefined;
  readonly keysOf: (channel: ChannelToServe) => ServingKeys;
}

/** Must differ from libxl's own `libxl-channelN`, which may exist in the same QEMU. */
export const chardevIdOf = (devid: DevId): ChardevId => chardevId(`virt2xen-channel${devid}`);

/** A QEMU whose chardevs have the ids of chardevIdOf. QEMU writes the `tty` of a pty itself. */
export const servedByQemu = (name: string): ServedBy => ({
  name,
  unsupportedReason: () => undefined,
  keysOf: ({ devid }) => ({ output: `chardev:${chardevIdOf(devid)}`, backend: {} }),
});

/**
 * A console backend in a driver domain. It reads `connection` and `path`, as written by xl
 * (docs/man/xen-pv-channel.7), so it supports two connections only.
 */
export const servedByDriverDomain: ServedBy = {
  name: 'driver-domain',
  unsupportedReason: ({ chardev }) => {
    if (chardev.log) return 'a backend in another domain cannot write a log file in dom0';
    const isKnown = chardev.type === 'pty' || (chardev.type === 'unix' && chardev.mode === 'listen');
    return isKnown ? undefined : 'a backend in another domain supports only a pty or a listening socket';
  },
  keysOf: ({ devid, chardev }) => ({
    // libxl_console.c: libxl__device_console_add
    output: chardev.type === 'pty' ? 'pty' : `chardev:libxl-channel${devid}`,
    backend: chardev.type === 'unix' ? { path: chardev.path } : {},
  }),
};

import type { Chardev, ChardevId } from './qemu/chardev.js';
import { chardevId } from './qemu/chardev.js';
import type { DevId } from './devid.js';

/** A channel that somebody is to serve. */
export interface ChannelToServe {
  readonly devid: DevId;
  readonly name: string;
  readonly chardev: Chardev;
}

/** What the keys of a channel say to its backend, beside what all channels' keys say. */
export interface ServingKeys {
  /** The frontend's `output`: `pty`, or `chardev:ID`. */
  readonly output: string;
  /** Keys of the backend's directory that only the backend may read: host paths, for one. */
  readonly backend: Readonly<Record<string, string>>;
}

/** The pure half of a backend: what it can serve, and how the keys say so. */
export interface ServedBy {
  /** What `--backend` calls it. */
  readonly name: string;
  /** Why it cannot serve a channel, in words for people; nothing if it can. */
  readonly refuses: (channel: ChannelToServe) => string | undefined;
  readonly keysOf: (channel: ChannelToServe) => ServingKeys;
}

/** libxl's own ids are `libxl-channelN`; the two may meet in one QEMU. */
export const chardevIdOf = (devid: DevId): ChardevId => chardevId(`virt2xen-channel${devid}`);

/** A QEMU whose chardevs have the ids of chardevIdOf. It still writes `tty` for a pty. */
export const byQemu = (name: string): ServedBy => ({
  name,
  refuses: () => undefined,
  keysOf: ({ devid }) => ({ output: `chardev:${chardevIdOf(devid)}`, backend: {} }),
});

/**
 * A console backend in a domain of its own. It learns what to do from `connection` and `path`, which
 * xl writes for it (docs/man/xen-pv-channel.7), and which have two values.
 */
export const byDriverDomain: ServedBy = {
  name: 'driver-domain',
  refuses: ({ chardev }) => {
    if (chardev.log) return 'a backend in another domain keeps no log file here';
    const isKnown = chardev.type === 'pty' || (chardev.type === 'unix' && chardev.mode === 'listen');
    return isKnown
      ? undefined
      : 'a backend in another domain can be told of a pty or of a socket to listen on';
  },
  keysOf: ({ devid, chardev }) => ({
    // libxl_console.c: libxl__device_console_add
    output: chardev.type === 'pty' ? 'pty' : `chardev:libxl-channel${devid}`,
    backend: chardev.type === 'unix' ? { path: chardev.path } : {},
  }),
};

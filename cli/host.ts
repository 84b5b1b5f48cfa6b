import type { Host } from '../lib/realize/dom0/host.js';
import { findQemu } from '../lib/realize/qemu/binary.js';
import type { Xenstore } from '../lib/realize/xenstore/client.js';
import { escapeControls } from '../lib/text/controls.js';
import type { HostOptions } from './realize-options.js';
import { print } from './terminal.js';

/** The host of attach and detach, from their options. */
export function hostOf(store: Xenstore, args: HostOptions): Host {
  const { runtimeDir, qmpDir, qemu, lockTimeout, verbose } = args;
  return {
    store,
    runtimeDirectory: runtimeDir,
    qmpDirectory: qmpDir,
    findQemu: () => findQemu(qemu === undefined ? undefined : [qemu]),
    lockTimeoutSeconds: lockTimeout,
    ...(verbose && {
      onStep: (what: string) => {
        print('stderr', `${escapeControls(what)}\n`);
      },
    }),
  };
}

import type { DomId } from '../domid.js';
import { chardevId, chardevOption, type Chardev, type ChardevId } from './chardev.js';
import { argument, qemuOption } from './option.js';
import type { QemuVersion } from '../qmp/version.js';

/** A QEMU of our own: what it serves, and where it lives. Plain data. */
export interface QemuCommand {
  /** The domain whose consoles it serves. */
  readonly domain: { readonly domid: DomId; readonly name: string };
  readonly chardevs: readonly NamedChardev[];
  /** Holds its monitor and pid file; nobody else's, with mode 0700. */
  readonly directory: string;
}

export interface NamedChardev {
  readonly id: ChardevId;
  readonly chardev: Chardev;
}

/** The monitor's own chardev. */
const monitorId = chardevId('virt2xen-qmp');

/** The monitor's socket. */
export const qmpSocketOf = (directory: string): string => `${directory}/qmp.sock`;

/** QEMU keeps it locked while it runs, and removes it at its end. */
export const pidFileOf = (directory: string): string => `${directory}/qemu.pid`;

/**
 * The arguments of QEMU, without its own name. They are those that libxl gives to a PV guest's QEMU
 * (libxl_dm.c: libxl__build_device_model_args_new), less what is of no use to consoles.
 *
 * @throws RangeError for a text that no argument can hold
 */
export function qemuArguments(command: QemuCommand, version: QemuVersion): readonly string[] {
  const { domain, chardevs, directory } = command;
  // A bare value with an equals sign in it would be read as another setting of -name.
  const name = qemuOption(undefined, [['guest', domain.name]]);
  const monitor: Chardev = { type: 'unix', mode: 'listen', path: qmpSocketOf(directory) };
  return [
    // 7.2 serves an existing domain only with -xen-attach; 10 takes it and needs it no more.
    ...['-xen-domid', String(domain.domid), '-xen-attach', '-name', name, '-machine', 'xenpv'],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-nographic'],
    ...['-chardev', chardevOption(monitorId, monitor, version), '-mon', `chardev=${monitorId},mode=control`],
    ...['-pidfile', argument(pidFileOf(directory))],
    ...chardevs.flatMap(({ id, chardev }) => ['-chardev', chardevOption(id, chardev, version)]),
  ];
}

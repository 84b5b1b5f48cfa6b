import type { DomId } from '../domid.js';
import { chardevId, chardevOption, type Chardev, type ChardevId } from '../../qemu-syntax/chardev.js';
import { argument, qemuOption } from '../../qemu-syntax/option.js';
import type { QemuVersion } from '../../qemu-syntax/version.js';

/** Our own QEMU: the domain that it serves, and its files. Plain data. */
export interface QemuCommand {
  /** The domain whose consoles it serves. */
  readonly domain: { readonly domid: DomId; readonly name: string };
  readonly chardevs: readonly NamedChardev[];
  /** Contains its monitor and PID file; exclusive to it, with mode 0700. */
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

/** QEMU locks it while it runs, and removes it when it exits. */
export const pidFileOf = (directory: string): string => `${directory}/qemu.pid`;

/**
 * The arguments of QEMU, without the program name. They are those of libxl for a PV guest's QEMU (libxl_dm.c:
 * libxl__build_device_model_args_new), without those that consoles do not require.
 *
 * @throws RangeError for a text that cannot be an argument
 */
export function qemuArguments(command: QemuCommand, version: QemuVersion): readonly string[] {
  const { domain, chardevs, directory } = command;
  // A plain value with an equals sign would be parsed as another setting of -name.
  const name = qemuOption(undefined, [['guest', domain.name]]);
  const monitor: Chardev = { type: 'unix', mode: 'listen', path: qmpSocketOf(directory) };
  return [
    // 7.2 serves an existing domain only with -xen-attach; 10 accepts it without effect.
    ...['-xen-domid', String(domain.domid), '-xen-attach', '-name', name, '-machine', 'xenpv'],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-nographic'],
    ...['-chardev', chardevOption(monitorId, monitor, version), '-mon', `chardev=${monitorId},mode=control`],
    ...['-pidfile', argument(pidFileOf(directory))],
    ...chardevs.flatMap(({ id, chardev }) => ['-chardev', chardevOption(id, chardev, version)]),
  ];
}

import type { DomId } from '../domid.js';
import { chardevId, chardevOption, type Chardev, type ChardevId } from './chardev.js';
import { argument, qemuOption } from './option.js';
import type { QemuVersion } from './version.js';

/** A QEMU of our own: what it serves, and where it lives. Plain data. */
export interface QemuCommand {
  /** The domain whose consoles it serves; `none` for a QEMU that serves no domain, such as a probe. */
  readonly domain: { readonly domid: DomId; readonly name: string } | 'none';
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
  const monitor: Chardev = { type: 'unix', mode: 'listen', path: qmpSocketOf(directory) };
  return [
    ...machineArguments(domain),
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-nographic'],
    ...['-chardev', chardevOption(monitorId, monitor, version)],
    ...[
      '-mon',
      qemuOption(undefined, [
        ['chardev', monitorId],
        ['mode', 'control'],
      ]),
    ],
    ...['-pidfile', argument(pidFileOf(directory))],
    ...chardevs.flatMap(({ id, chardev }) => ['-chardev', chardevOption(id, chardev, version)]),
  ];
}

/** 7.2 serves an existing domain only with -xen-attach; 10 takes it and needs it no more. */
function machineArguments(domain: QemuCommand['domain']): readonly string[] {
  if (domain === 'none') return ['-machine', 'none', '-accel', 'qtest'];
  const { domid, name } = domain;
  // A bare value with an equals sign in it would be read as another setting of -name.
  const named = qemuOption(undefined, [['guest', name]]);
  return ['-xen-domid', String(domid), '-xen-attach', '-name', named, '-machine', 'xenpv'];
}

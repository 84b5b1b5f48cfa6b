import { Report } from '../diagnostics/diagnostic.js';
import { emptyDriveReason } from '../to-xen/disk.js';
import { impliedControllers } from '../libvirt/controller.js';
import { readDisk } from '../libvirt/disk.js';
import { defaultReason } from '../libvirt/defaults.js';
import { pathsWithoutEffect, unsupportedReason } from '../libvirt/unsupported.js';
import { nearestSounds } from '../libvirt/sound.js';
import type { XmlElement } from '../libvirt/xml/element.js';
import { soundModels } from '../model/sound.js';
import type { XmlRewriter, Removal, GuestKind } from './xml-rewriter.js';

/** Something that libvirt's Xen driver does not take. */
interface Refusal {
  /** From below <domain>. */
  readonly path: string;
  /** Which of the elements there; all if absent. */
  readonly when?: (element: XmlElement, guest: GuestKind) => boolean;
  /** Why, if there is more to say than what is known of the path (libvirt/unsupported.ts). */
  readonly reason?: string | undefined;
}

/** Timers that the driver gives a guest (libxl_conf.c: libxlMakeDomBuildInfo). */
const timers: Readonly<Record<GuestKind, readonly string[]>> = {
  hvm: ['tsc', 'hpet'],
  pvh: ['tsc'],
  pv: ['tsc'],
};

const is =
  (attribute: string, ...values: readonly string[]) =>
  (element: XmlElement): boolean =>
    values.includes(element.peek(attribute) ?? '');

const hasSound = (model: string): boolean =>
  soundModels.some((known) => known === model) || Object.hasOwn(nearestSounds, model);

const isEmptyDrive = (disk: XmlElement): boolean => {
  if (disk.peek('device') !== 'cdrom') return false;
  const drive = readDisk(disk, new Report());
  return drive !== undefined && !drive.source;
};

const isUsbOfKvm = (controller: XmlElement): boolean => {
  const model = controller.peek('model');
  return controller.peek('type') === 'usb' && model !== undefined && !model.startsWith('qusb');
};

/**
 * What libvirt's Xen driver refuses, at define or at start; or libxl, when it makes the guest. Each row was
 * tried on the drivers of libvirt 9.0 and 11.3 (test/real/adapted-domains.ts, and the lab); those
 * about <filterref> and VFIO are of 11.3 alone. <nvram> is taken and then forgotten, which it must not seem to be.
 * What the driver accepts and ignores is reported by `removeRefused`.
 */
const refused: readonly Refusal[] = [
  { path: 'maxMemory' },
  { path: 'vcpus', reason: "Xen's driver does not support the state of single CPUs" },
  { path: 'os/nvram' },
  {
    path: 'clock/timer',
    when: (timer, guest) => !timers[guest].includes(timer.peek('name') ?? ''),
  },
  {
    path: 'devices/controller',
    when: is('type', 'virtio-serial'),
    reason: impliedControllers['virtio-serial'],
  },
  { path: 'devices/controller', when: isUsbOfKvm, reason: impliedControllers['usb'] },
  { path: 'devices/interface/filterref' },
  {
    path: 'devices/hostdev/driver',
    when: is('name', 'vfio', 'kvm'),
    reason: 'Xen assigns devices with its own driver',
  },
  {
    path: 'devices/interface/driver',
    when: (driver) => driver.parent?.peek('type') === 'hostdev' && is('name', 'vfio', 'kvm')(driver),
    reason: 'Xen assigns devices with its own driver',
  },
  { path: 'devices/redirdev', reason: "Xen's driver cannot redirect USB devices" },
  { path: 'devices/memory' },
  {
    path: 'devices/disk',
    when: (disk, guest) => guest !== 'hvm' && isEmptyDrive(disk),
    reason: emptyDriveReason,
  },
  { path: 'devices/parallel', reason: 'Xen guests have no parallel ports' },
  {
    path: 'devices/graphics',
    when: is('type', 'rdp', 'egl-headless', 'dbus', 'desktop'),
    reason: "Xen's driver supports VNC, SPICE and SDL",
  },
  {
    path: 'devices/graphics',
    when: (graphics, guest) => guest !== 'hvm' && graphics.peek('type') === 'spice',
    reason: 'only HVM guests support SPICE; use VNC',
  },
  {
    path: 'devices/sound',
    when: (sound) => !hasSound(sound.peek('model') ?? ''),
    reason: `Xen's driver supports the sound cards ${soundModels.join(', ')}`,
  },
  {
    path: 'devices/input',
    when: (input, guest) =>
      guest === 'hvm' && input.peek('bus') === 'usb' && input.peek('type') === 'keyboard',
    reason: 'the guest has a PS/2 keyboard',
  },
  {
    path: 'devices/input',
    when: (input, guest) => guest !== 'hvm' && input.peek('bus') !== 'xen',
    reason: 'a PV or PVH guest has its own mouse and keyboard beside a screen',
  },
  {
    path: 'devices/input',
    when: (input, guest) => guest === 'hvm' && input.peek('bus') === 'xen',
    reason: 'an HVM guest has a PS/2 mouse and keyboard',
  },
  {
    path: 'devices/serial',
    when: is('type', 'spiceport', 'nmdm', 'spicevmc', 'dbus', 'qemu-vdagent'),
    reason: "Xen's driver does not support this endpoint",
  },
];

/** Inputs of an HVM guest that the driver ignores: it reads the USB ones (libxl_conf.c: libxlMakeDomBuildInfo). */
const isIgnoredInput = (input: XmlElement): boolean =>
  !['tablet', 'mouse', 'keyboard'].includes(input.peek('type') ?? '') || input.peek('bus') === 'virtio';

/** What the driver ignores, beside the rows of libvirt/unsupported.ts that have no effect. */
const unused: readonly string[] = ['launchSecurity', 'memoryBacking', 'genid'];

/** The driver of 9.0 falls over a second one (libxl_conf.c: serial_list). */
const oneSerial: Removal = {
  code: 'unsupported',
  reason: "Xen's driver supports one serial port per guest",
};

const implied = "Xen's machine has its own";
const sameEverywhere = 'Xen has no counterpart';

/** Removes what the driver refuses, and tells of what it makes nothing of. */
export function removeRefused(rewriter: XmlRewriter, guest: GuestKind): void {
  for (const { path, when, reason } of refused) {
    for (const element of elementsAt(rewriter, path)) {
      if (!when || when(element, guest)) rewriter.remove(element, removalOf(path, reason));
    }
  }
  for (const input of rewriter.all('input')) {
    const { reason } = unsupportedReason('devices/input') ?? { reason: sameEverywhere };
    if (guest === 'hvm' && isIgnoredInput(input))
      rewriter.report.add('no-effect', `<input> has no effect: ${reason}`, input.tagSpan);
  }
  for (const controller of rewriter.all('controller')) {
    const type = controller.peek('type') ?? '';
    if (type === 'xenbus' || Object.hasOwn(impliedControllers, type)) continue;
    const { reason } = unsupportedReason('devices/controller') ?? { reason: sameEverywhere };
    rewriter.report.add('no-effect', `<controller> has no effect: ${reason}`, controller.tagSpan);
  }
  for (const second of rewriter.all('serial').slice(1)) rewriter.remove(second, oneSerial);
  for (const path of [...pathsWithoutEffect(), ...unused]) {
    for (const element of elementsAt(rewriter, path)) {
      if (rewriter.editor.isRemoved(element)) continue;
      if (defaultReason(path, element) !== undefined) continue;
      const { reason } = unsupportedReason(path) ?? { reason: sameEverywhere };
      rewriter.report.add('no-effect', `<${element.name}> has no effect: ${reason}`, element.tagSpan);
    }
  }
}

function removalOf(path: string, reason: string | undefined): Removal {
  if (reason === undefined) return unsupportedReason(path) ?? { code: 'unsupported', reason: sameEverywhere };
  const isImplied = /^devices\/(?:controller|input|(?:hostdev|interface)\/driver)$/.test(path);
  return { code: isImplied ? 'implied' : 'unsupported', reason: reason || implied };
}

function elementsAt(rewriter: XmlRewriter, path: string): readonly XmlElement[] {
  let found: readonly XmlElement[] = [rewriter.root];
  for (const step of path.split('/')) {
    found = found.flatMap(({ children }) => children.filter(({ name }) => name === step));
  }
  return found;
}

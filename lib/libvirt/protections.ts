import type { Report } from '../diagnostics/diagnostic.js';
import type { XmlElement } from './xml/element.js';

/** Something that KVM does for a guest, and that neither xl nor libvirt's Xen driver does. */
interface Protection {
  readonly devices: readonly string[];
  /** The element that asks for it. */
  readonly find: (device: XmlElement) => XmlElement | undefined;
  readonly reason: string;
  readonly hint: string;
}

const child = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
  element?.children.find((other) => other.name === name);

const having = (element: XmlElement | undefined, name: string, value: string): XmlElement | undefined =>
  element?.peek(name) === value ? element : undefined;

const protections: readonly Protection[] = [
  {
    devices: ['disk'],
    // Before libvirt 3.9 it was a child of <disk>.
    find: (disk) => child(disk, 'encryption') ?? child(child(disk, 'source'), 'encryption'),
    reason: 'xl does not decrypt disks: the guest would read and overwrite encrypted data',
    hint: 'decrypt the image',
  },
  {
    devices: ['disk'],
    find: (disk) => child(child(disk, 'source'), 'slices'),
    reason: 'xl serves images as a whole: the guest would read and overwrite all of it',
    hint: 'copy the slice to an image of its own',
  },
  {
    devices: ['interface'],
    find: (nic) => having(child(nic, 'link'), 'state', 'down'),
    reason: 'xl cannot disconnect an interface: the guest would be on the network',
    hint: 'to connect it, remove <link>',
  },
  {
    devices: ['serial', 'parallel', 'console', 'channel'],
    find: (device) =>
      device.peek('type') === 'tcp' ? having(child(device, 'source'), 'tls', 'yes') : undefined,
    reason: 'xl has no TLS for character devices: everybody who reaches the port would have access',
    hint: "to do without TLS, write tls='no'",
  },
];

/** Reports what protects a KVM guest as a whole, and that it would start without on Xen. For `convert` and `adapt`. */
export function checkGuestProtections(root: XmlElement, report: Report): void {
  const security = child(root, 'launchSecurity');
  if (!security) return;
  const reason = "Xen does not encrypt a guest's memory: the host could read all of it";
  report.add('device-unsupported', reason, security.tagSpan, 'to do without, remove <launchSecurity>');
  security.markAllRead();
}

/**
 * Reports the devices of a KVM guest that Xen would give it without what protects them: the guest would be more
 * reachable, or its data in danger. For `convert` and `adapt`. A Xen guest never had these protections.
 */
export function checkProtections(devices: readonly XmlElement[], report: Report): void {
  for (const device of devices) {
    for (const { devices: names, find, reason, hint } of protections) {
      const found = names.includes(device.name) ? find(device) : undefined;
      if (!found) continue;
      report.add('device-unsupported', reason, found.tagSpan, hint);
      if (found.name !== 'source') found.markAllRead();
    }
  }
}

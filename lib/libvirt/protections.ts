import type { Report } from '../diagnostics/diagnostic.js';
import type { XmlElement } from './xml/element.js';

/** Something that KVM does for a device, and that neither xl nor libvirt's Xen driver does. */
interface Protection {
  /** The element that asks for it. @param source that of the device */
  readonly find: (device: XmlElement, source: XmlElement | undefined) => XmlElement | undefined;
  readonly reason: string;
  readonly hint: string;
}

const having = (element: XmlElement | undefined, name: string, value: string): XmlElement | undefined =>
  element?.peek(name) === value ? element : undefined;

const tls: Protection = {
  find: (device, source) => (device.peek('type') === 'tcp' ? having(source, 'tls', 'yes') : undefined),
  reason: 'xl has no TLS for character devices: everybody who reaches the port would have access',
  hint: "to do without TLS, write tls='no'",
};

/** By the names of devices. */
const protections: ReadonlyMap<string, readonly Protection[]> = new Map([
  [
    'disk',
    [
      {
        // Before libvirt 3.9 it was a child of <disk>.
        find: (disk, source) => disk.peekChild('encryption') ?? source?.peekChild('encryption'),
        reason: 'xl does not decrypt disks: the guest would read and overwrite encrypted data',
        hint: 'decrypt the image',
      },
      {
        find: (_disk, source) => source?.peekChild('slices'),
        reason: 'xl serves images as a whole: the guest would read and overwrite all of it',
        hint: 'copy the slice to an image of its own',
      },
    ],
  ],
  [
    'interface',
    [
      {
        find: (nic) => having(nic.peekChild('link'), 'state', 'down'),
        reason: 'xl cannot disconnect an interface: the guest would be on the network',
        hint: 'to connect it, remove <link>',
      },
    ],
  ],
  ['serial', [tls]],
  ['parallel', [tls]],
  ['console', [tls]],
  ['channel', [tls]],
]);

/** Reports what protects a KVM guest as a whole, and that it would start without on Xen. For `convert` and `adapt`. */
export function checkGuestProtections(root: XmlElement, report: Report): void {
  const security = root.peekChild('launchSecurity');
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
    const asked = protections.get(device.name);
    if (!asked) continue;
    const source = device.peekChild('source');
    for (const { find, reason, hint } of asked) {
      const found = find(device, source);
      if (!found) continue;
      report.add('device-unsupported', reason, found.tagSpan, hint);
      if (found.name !== 'source') found.markAllRead();
    }
  }
}

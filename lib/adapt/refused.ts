import type { LibvirtVersion } from '../document/options.js';
import type { Os } from '../model/os.js';
import type { AdaptRule } from '../libvirt/descriptor.js';
import { defaultReason } from '../libvirt/defaults.js';
import { noGenerationId } from '../libvirt/identity.js';
import { adaptRules, unsupportedReason } from '../libvirt/unsupported.js';
import { serialPorts } from '../model/serial.js';
import type { XmlElement } from '../libvirt/xml/element.js';
import type { Removal, XmlRewriter } from './xml-rewriter.js';

/** What `convert` reads, and the driver ignores or rejects. */
const ofDriver: readonly AdaptRule[] = [
  { path: 'genid', driver: 'ignores', because: ['no-effect', noGenerationId] },
  {
    path: 'devices/serial',
    driver: 'rejects',
    when: (serial, guest, place) => guest === 'hvm' && Math.max(place, portOf(serial)) >= serialPorts,
    because: ['unsupported', `QEMU has ${serialPorts} serial ports`],
  },
];

/** Removes what libvirt's Xen driver rejects, and reports what it ignores: the rules are in the descriptors. */
export function removeRefused(rewriter: XmlRewriter, guest: Os['type'], libvirt: LibvirtVersion): void {
  const names = new Set<string>();
  collectNames(rewriter.root, names);
  const rules = [...adaptRules(), ...ofDriver].filter(
    ({ path, only = libvirt }) => only === libvirt && names.has(path.slice(path.lastIndexOf('/') + 1)),
  );
  for (const rule of rules.filter(({ driver }) => driver === 'rejects')) {
    for (const element of elementsOf(rewriter, rule, guest)) {
      // As `convert` reports it: nothing is lost with a default.
      const implied = rule.because ? undefined : defaultReason(rule.path, element);
      const reason = implied === undefined ? reasonOf(rule) : ({ code: 'implied', reason: implied } as const);
      rewriter.remove(element, reason);
    }
  }
  for (const rule of rules.filter(({ driver }) => driver === 'ignores')) {
    const { reason } = reasonOf(rule);
    for (const element of elementsOf(rewriter, rule, guest)) {
      if (defaultReason(rule.path, element) !== undefined) continue;
      rewriter.report.add('no-effect', `<${element.name}> has no effect: ${reason}`, element.tagSpan);
    }
  }
}

/** Few rules are about an element that the document has at all. */
function collectNames(element: XmlElement, names: Set<string>): void {
  names.add(element.name);
  for (const child of element.children) collectNames(child, names);
}

function reasonOf({ path, because }: AdaptRule): Removal {
  if (because) return { code: because[0], reason: because[1] };
  return unsupportedReason(path) ?? { code: 'unsupported', reason: 'Xen has no counterpart' };
}

function portOf(serial: XmlElement): number {
  const port = serial.peekChild('target')?.peek('port') ?? '';
  return /^[0-9]{1,9}$/.test(port) ? Number(port) : 0;
}

/** The elements that a rule applies to and that have not been removed. */
function elementsOf(
  rewriter: XmlRewriter,
  { path, when }: AdaptRule,
  guest: Os['type'],
): readonly XmlElement[] {
  const present = rewriter.every(path);
  return when ? present.filter((element, place) => when(element, guest, place)) : present;
}

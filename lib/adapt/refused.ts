import type { LibvirtVersion } from '../document/options.js';
import type { Os } from '../model/os.js';
import type { AdaptRule } from '../libvirt/descriptor.js';
import { defaultReason } from '../libvirt/defaults.js';
import { adaptRules, unsupportedReason } from '../libvirt/unsupported.js';
import type { XmlElement } from '../libvirt/xml/element.js';
import type { Removal, XmlRewriter } from './xml-rewriter.js';

/** Elements other than devices that the driver ignores, and for which `convert` has no row. */
const ignored = ['launchSecurity', 'memoryBacking', 'genid'].map((path): AdaptRule => ({
  path,
  driver: 'ignores',
}));

/** Removes what libvirt's Xen driver rejects, and reports what it ignores: the rules are in the descriptors. */
export function removeRefused(rewriter: XmlRewriter, guest: Os['type'], libvirt: LibvirtVersion): void {
  const rules = [...adaptRules(), ...ignored].filter(({ only = libvirt }) => only === libvirt);
  for (const rule of rules.filter(({ driver }) => driver === 'rejects')) {
    for (const element of elementsOf(rewriter, rule, guest)) rewriter.remove(element, reasonOf(rule));
  }
  for (const rule of rules.filter(({ driver }) => driver === 'ignores')) {
    const { reason } = reasonOf(rule);
    for (const element of elementsOf(rewriter, rule, guest)) {
      if (defaultReason(rule.path, element) !== undefined) continue;
      rewriter.report.add('no-effect', `<${element.name}> has no effect: ${reason}`, element.tagSpan);
    }
  }
}

function reasonOf({ path, because }: AdaptRule): Removal {
  if (because) return { code: because[0], reason: because[1] };
  return unsupportedReason(path) ?? { code: 'unsupported', reason: 'Xen has no counterpart' };
}

/** The elements that a rule applies to and that have not been removed. */
function elementsOf(
  { root, editor }: XmlRewriter,
  { path, when }: AdaptRule,
  guest: Os['type'],
): readonly XmlElement[] {
  let found: readonly XmlElement[] = [root];
  for (const step of path.split('/')) {
    found = found.flatMap(({ children }) => children.filter(({ name }) => name === step));
  }
  const present = found.filter((element) => !editor.isRemoved(element));
  return when ? present.filter((element, place) => when(element, guest, place)) : present;
}

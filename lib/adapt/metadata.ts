import type { XmlElement } from '../libvirt/xml/element.js';

/**
 * The namespace of what `adapt` leaves in <metadata>. libvirt keeps one element of each
 * namespace there, so this is not the one of what an xl.cfg said.
 */
export const adaptNamespace = 'urn:virt2xen:adapt:1';

/** The element that an earlier run left in <metadata>. */
export function findAdapted(root: XmlElement): XmlElement | undefined {
  return root.children
    .filter(({ name }) => name === 'metadata')
    .flatMap(({ children }) => children)
    .find((child) => isOurs(child, 'adapted'));
}

/** Channels that libvirt's Xen driver cannot make, and the libvirt hook does: the <channel> elements. */
export function channelsSetAside(root: XmlElement): readonly XmlElement[] {
  const aside = findAdapted(root)?.children.filter((child) => isOurs(child, 'channels')) ?? [];
  return aside.flatMap(({ children }) => children);
}

/** Whether an element is one that `adapt` leaves. */
export function isOurs(element: XmlElement, local: string): boolean {
  const [prefix, name] = element.name.includes(':') ? element.name.split(':', 2) : ['', element.name];
  return name === local && element.namespaceOf(prefix ?? '') === adaptNamespace;
}

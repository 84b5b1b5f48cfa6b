import type { Report } from '../diagnostics/diagnostic.js';
import { readChannel } from '../libvirt/channel.js';
import type { XmlElement } from '../libvirt/xml/element.js';
import type { Channel } from '../model/channel.js';

/**
 * The namespace of what `adapt` stores in <metadata>. libvirt stores one element per namespace there, so it differs
 * from the namespace of what `convert` preserves.
 */
export const adaptNamespace = 'urn:virt2xen:adapt:1';

/** The element that an earlier run has added to <metadata>. */
export function findAdapted(root: XmlElement): XmlElement | undefined {
  return root.children
    .filter(({ name }) => name === 'metadata')
    .flatMap(({ children }) => children)
    .find((child) => isOurs(child, 'adapted'));
}

/** Channels that libvirt's Xen driver cannot create, but the libvirt hook and the daemon can. */
export function channelsSetAside(root: XmlElement, report: Report): readonly Channel[] {
  const aside = findAdapted(root)?.children.filter((child) => isOurs(child, 'channels')) ?? [];
  return aside.flatMap(({ children }) => children).flatMap((each) => readChannel(each, report, 'pv') ?? []);
}

/** Whether an element was added by `adapt`. */
export function isOurs(element: XmlElement, local: string): boolean {
  const [prefix, name] = element.name.includes(':') ? element.name.split(':', 2) : ['', element.name];
  return name === local && element.namespaceOf(prefix ?? '') === adaptNamespace;
}

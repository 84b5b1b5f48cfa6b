import type { XmlElement } from '../libvirt/xml/element.js';
import type { Draft } from './draft.js';

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

/** Puts back what an earlier run kept, and removes it from <metadata>. */
export function restore(draft: Draft, source: string): void {
  const adapted = findAdapted(draft.root);
  if (!adapted) return;
  for (const piece of adapted.children) {
    const path = isOurs(piece, 'channels') ? 'devices' : (piece.peek('parent') ?? '');
    const parent = path === 'domain' ? draft.root : draft.at(path);
    if (!parent) {
      const message = `something was kept of '${path}', which is not there any more`;
      draft.report.add('preserved-conflict', message, piece.tagSpan);
      continue;
    }
    const [name, value] = [piece.peek('name'), piece.peek('value')];
    if (isOurs(piece, 'attribute') && name !== undefined && value !== undefined) {
      draft.editor.setAttribute(parent, name, value);
      continue;
    }
    for (const { span } of piece.children) draft.editor.append(parent, source.slice(span.start, span.end));
  }
  const metadata = adapted.parent;
  const isAlone = metadata && source.slice(metadata.tagSpan.end, adapted.span.start).trim() === '';
  const rest = metadata ? source.slice(adapted.span.end, metadata.span.end) : '';
  draft.editor.remove(metadata && isAlone && /^\s*<\/metadata\s*>$/.test(rest) ? metadata : adapted);
}

function isOurs(element: XmlElement, local: string): boolean {
  const [prefix, name] = element.name.includes(':') ? element.name.split(':', 2) : ['', element.name];
  return name === local && element.namespaceOf(prefix ?? '') === adaptNamespace;
}

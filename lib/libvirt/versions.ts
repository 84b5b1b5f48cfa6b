import type { Report } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import { libvirtVersions, type LibvirtVersion } from '../document/options.js';
import { ovmfPath } from './firmware.js';
import type { XmlTree } from './xml/tree.js';

/** An element that older and newer libvirt releases read differently. */
interface NewElement {
  /** Its path from below <domain>. */
  readonly path: string;
  /** The first libvirt that reads it, of those that can be selected. */
  readonly since: LibvirtVersion;
  /** Which of the elements are affected; absent: all. */
  readonly isNew?: (element: XmlTree) => boolean;
  /** What an older libvirt does, for messages. */
  readonly before: string;
  /** What is written for an older libvirt; absent: nothing. */
  readonly instead?: (element: XmlTree) => XmlTree;
}

/** From the changes of libvirt's src/libxl and its schema between 9.0 and 11.3. */
const newElements: readonly NewElement[] = [
  {
    path: 'features/hyperv',
    since: '11.3',
    before: 'ignores it for a Xen domain',
  },
  {
    // Read since 9.2 (libxl_conf.c: libxlMakeDomBuildInfo).
    path: 'os/loader',
    since: '11.3',
    isNew: ({ text }) => text !== undefined && text.trim() !== ovmfPath,
    before: `starts the domain with ${ovmfPath}, whatever the path`,
    instead: (loader) => loader,
  },
  {
    // Both are the same to libxl: the name slic was a mistake (libxl_domain.c).
    path: 'os/acpi/table',
    since: '11.3',
    isNew: ({ attributes }) => attributes.some(([name, value]) => name === 'type' && value === 'rawset'),
    before: "names the type 'rawset' 'slic'",
    instead: (table) => ({
      ...table,
      attributes: table.attributes.map(([name, value]) => [name, name === 'type' ? 'slic' : value] as const),
    }),
  },
];

/** The XML as a release of libvirt can read it; what that release does not support is reported. */
export function writableFor(
  libvirt: LibvirtVersion,
  domain: XmlTree,
  report: Report,
  span: Span | undefined,
): XmlTree {
  const release = libvirtVersions.indexOf(libvirt);
  const newer = newElements.filter(({ since }) => libvirtVersions.indexOf(since) > release);
  if (newer.length === 0) return domain;

  const rewrite = (element: XmlTree, place: string): XmlTree | undefined => {
    const found = newer.find(({ path, isNew }) => path === place && (isNew?.(element) ?? true));
    if (found) {
      const hint = found.instead ? undefined : 'it is omitted';
      report.add('target-too-old', `<${element.name}>: libvirt ${libvirt} ${found.before}`, span, hint);
      return found.instead?.(element);
    }
    if (!newer.some(({ path }) => path.startsWith(`${place}/`))) return element;
    return rewriteChildren(element, `${place}/`);
  };
  const rewriteChildren = (parent: XmlTree, prefix: string): XmlTree => ({
    ...parent,
    children: parent.children
      .map((child) => rewrite(child, prefix + child.name))
      .filter((child) => child !== undefined),
  });
  return rewriteChildren(domain, '');
}

import type { Report } from '../diagnostics/diagnostic.js';
import { withOrigin } from '../diagnostics/origin.js';
import { adviseDropping, reportDropped, selectDropped } from '../document/drop.js';
import type { FormatOptions } from '../document/options.js';
import type { Disk } from '../model/disk.js';
import type { Domain } from '../model/domain.js';
import { FieldReader } from '../model/field-reader.js';
import type { PreservedFragment } from '../model/preserved.js';
import { descriptorOf, descriptors } from './descriptors.js';
import { xmlDevices } from './devices.js';
import { DomainReader, type Sources } from './domain-reader.js';
import { liftSettings, readMetadata } from './metadata.js';
import { checkGuestProtections, checkProtections } from './protections.js';
import { mergeRepeated } from './repeated.js';
import { reportUnread, unreadParts, type UnreadPart } from './unread.js';
import type { XmlElement } from './xml/element.js';
import { parseXml } from './xml/parse.js';

/** Required fields, in the order in which they are read. */
const required = ['hypervisor', 'os', 'memory', 'name'] as const satisfies readonly (keyof Domain)[];

/**
 * Reads a domain XML. What no descriptor reads is reported, and preserved as pieces of XML.
 * @returns the domain; undefined if a required part is missing. `report` can contain errors in either case.
 */
export function readDomainXml(
  source: string,
  report: Report,
  options: FormatOptions = {},
): Domain | undefined {
  const root = parseXml(source, report);
  if (!root) return undefined;
  if (root.name !== 'domain') {
    report.add('xml-root', `the root element is <${root.name}>, not <domain>`, root.tagSpan);
    return undefined;
  }
  mergeRepeated(root, report);
  return readFields(root, report, options, { dropped: drop(root, report, options) });
}

/** A domain, what no reader took of its XML, and what the descriptors report about libvirt's Xen driver. */
export interface DomainWithUnread {
  readonly domain: Domain;
  readonly unread: readonly UnreadPart[];
}

/**
 * Reads a domain XML and returns what no descriptor reads, instead of reporting it.
 * @param root of which nothing but these disks has been read; its repeated elements are merged, its protections checked
 * @returns undefined if a required part is missing
 */
export function readWithUnread(
  root: XmlElement,
  report: Report,
  options: FormatOptions,
  disks: ReadonlyMap<XmlElement, Disk>,
): DomainWithUnread | undefined {
  let parts: readonly UnreadPart[] = [];
  const unread = (): readonly PreservedFragment[] => {
    parts = unreadParts(root);
    return [];
  };
  const domain = readFields(root, report, options, { disks, unread, isChecked: true });
  return domain && { domain, unread: parts };
}

/** The devices to drop: marked as read, so that no other diagnostics refer to them. */
function drop(root: XmlElement, report: Report, options: FormatOptions): ReadonlySet<XmlElement> {
  adviseDropping(() => xmlDevices(root), report);
  if (!options.drop?.length) return new Set();
  const dropped = selectDropped(xmlDevices(root), options.drop, report);
  reportDropped(dropped, report);
  for (const { element } of dropped) element.markAllRead();
  return new Set(dropped.map(({ element }) => element));
}

const nothing: ReadonlySet<XmlElement> = new Set();

/** Each field by its descriptor. */
function readFields(
  root: XmlElement,
  report: Report,
  options: FormatOptions,
  {
    dropped = nothing,
    disks,
    unread = () => reportUnread(root, report),
    isChecked = false,
  }: Partial<Pick<Sources, 'dropped' | 'disks' | 'unread'>> & { readonly isChecked?: boolean },
): Domain | undefined {
  const preserved = readMetadata(root, report);
  const fields = new FieldReader<DomainReader>(
    descriptorOf,
    (reader) =>
      new DomainReader(root, report, {
        preserved,
        dropped,
        disks,
        options,
        field: (name) => reader.get(name),
        unread,
      }),
  );
  const reader = fields.reading;
  // All of them are read, so that each one that is missing is reported.
  if (required.filter((name) => !fields.has(name)).length > 0) return undefined;
  if (reader.kvm && !isChecked) {
    checkGuestProtections(root, report);
    checkProtections(reader.devices, report);
  }
  return withOrigin(liftSettings(fields.all(descriptors)), root.tagSpan, {
    name: reader.spans.get('name'),
    emulator: reader.spans.get('emulator'),
  });
}

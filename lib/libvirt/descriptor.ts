import type { Code } from '../diagnostics/codes.js';
import type { Report } from '../diagnostics/diagnostic.js';
import type { FormatOptions, LibvirtVersion } from '../document/options.js';
import type { Domain } from '../model/domain.js';
import type { Os } from '../model/os.js';
import type { DomainReader } from './domain-reader.js';
import type { XmlElement } from './xml/element.js';
import type { XmlTree } from './xml/tree.js';

/** Elements of a field of the model, at their place in the output. */
export interface XmlBlock<Field extends keyof Domain = keyof Domain> {
  readonly field: Field;
  /** Where its elements are written; absent: below <domain> itself. */
  readonly parent?: 'devices';
  /** @returns the elements in order; undefined ones are omitted */
  write(domain: Domain, writing: Writing): readonly (XmlTree | undefined)[];
}

/** How a field of the model is read from a domain XML and written to one. */
export interface XmlDescriptor<Field extends keyof Domain = keyof Domain> extends XmlBlock<Field> {
  /** @returns undefined if the document does not specify an optional field */
  read(reader: DomainReader): Domain[Field] | undefined;
  /** Reports what libvirt's XML cannot express of the field, before anything is written. */
  check?(domain: Domain, report: Report): void;
  /** What libvirt's XML cannot express of the field, as elements for <metadata>, from where `read` takes it. */
  preserve?(domain: Domain): readonly (XmlTree | undefined)[];
  /** What xl does not support of its elements; the first matching row applies. */
  readonly unsupported?: readonly UnsupportedRow[];
  /** Which of its elements libvirt's Xen driver rejects or ignores; an element is handled by the first matching rule. */
  readonly adapt?: readonly AdaptRule[];
}

/** A domain XML that is being written. */
export interface Writing {
  readonly report: Report;
  readonly options: FormatOptions;
  /** What all descriptors preserve in <metadata>. */
  readonly preserved: readonly XmlTree[];
}

/**
 * An element or attribute that no reader takes, by its path from below <domain>; `*` matches one name.
 * A replaced one is not preserved: it would contradict what is written in its place. libvirt's Xen driver refuses a
 * domain with a rejected one, and ignores the others.
 */
export type UnsupportedRow = readonly [
  path: string,
  code: Code,
  reason: string,
  note?: 'replaced' | 'rejected',
];

/**
 * What happens to an element under libvirt's Xen driver that the driver cannot give to a guest. The driver or libxl
 * rejects it, when the domain is defined or started: `adapt` removes it. Or the driver ignores it: `adapt` reports it.
 */
export interface AdaptRule {
  /** From below <domain>. */
  readonly path: string;
  readonly driver: 'rejects' | 'ignores';
  /** Of which libvirt; absent: of all. */
  readonly only?: LibvirtVersion;
  /**
   * Which of the elements at the path; absent: all of them.
   * @param place the number of such elements before it that are not removed
   */
  readonly when?: (element: XmlElement, guest: Os['type'], place: number) => boolean;
  /** Absent: the row of the path in the unsupported table applies. */
  readonly because?: readonly [code: Code, reason: string];
}

import type { Code } from '../diagnostics/codes.js';
import type { Report } from '../diagnostics/diagnostic.js';
import type { Domain } from '../model/domain.js';
import type { DeviceReader } from './device-reader.js';
import type { XmlTree } from './xml/tree.js';

/** The fields of a domain that are not devices: read.ts and write.ts have them one by one. */
type DomainProperty =
  | 'hypervisor'
  | 'name'
  | 'uuid'
  | 'memory'
  | 'vcpus'
  | 'os'
  | 'features'
  | 'cpu'
  | 'numa'
  | 'clock'
  | 'lifecycle'
  | 'deviceModelArguments'
  | 'kept';

/** Every other field of the model: each has a descriptor in device-descriptors.ts. */
export type DeviceField = Exclude<keyof Domain, DomainProperty>;

/** All that libvirt/ has to know of a kind of device. */
export interface DeviceDescriptor<Field extends DeviceField> {
  readonly field: Field;
  /** Reads the devices of this kind; nothing if the domain has no such field then. */
  readonly read: (devices: DeviceReader) => Domain[Field] | undefined;
  /** Writes them, in the order of the document. */
  readonly write: (domain: Domain, report: Report) => readonly (XmlTree | undefined)[];
  /** What xl does not support of them; the first matching row applies. */
  readonly unsupported?: readonly UnsupportedRow[];
}

/**
 * An element or attribute that no reader takes, by its path from below <domain>; `*` matches one name.
 * A replaced one is not preserved: it would contradict what is written in its place.
 */
export type UnsupportedRow = readonly [path: string, code: Code, reason: string, replaced?: 'replaced'];

import type { Report } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import type { Domain } from '../model/domain.js';
import type { FormatOptions } from '../document/options.js';
import type { XlDocument } from '../xl-syntax/ast.js';
import type { XlSource } from '../xl-syntax/printer.js';
import type { XlOptionName } from './options/table.js';
import type { XlOutput } from './output.js';
import type { XlReader } from './reader.js';

/** An option of xl, or one of the two names that only libvirt reads in an xl.cfg. */
export type SettingName = XlOptionName | 'parallel' | 'bootargs';

/** Settings of a field of the model, in output order, each with the place of its counterpart below `<domain>`. */
export interface SettingBlock<Field extends keyof Domain = keyof Domain> {
  readonly field: Field;
  readonly keys: Readonly<Partial<Record<SettingName, string>>>;
}

/** How a field of the model is read from an xl.cfg and written to one. */
export interface XlDescriptor<Field extends keyof Domain = keyof Domain> extends SettingBlock<Field> {
  /** Older spellings, which are read and never written. */
  readonly alsoRead?: Readonly<Partial<Record<SettingName, string>>>;
  /** Settings that the document always specifies: a preserved setting of this name is rejected. */
  readonly owned?: readonly SettingName[];
  /** Values written where the model specifies nothing: a preserved setting replaces them. */
  readonly placeholders?: Readonly<Partial<Record<SettingName, XlSource>>>;
  /** @returns undefined if the document does not specify an optional field */
  read(reading: Reading): Domain[Field] | undefined;
  /** Called only if the domain has the field. */
  write(value: NonNullable<Domain[Field]>, writing: Writing): void;
}

/** An xl.cfg that is being read. */
export interface Reading {
  readonly xl: XlReader;
  readonly report: Report;
  readonly options: FormatOptions;
  readonly document: XlDocument;
  readonly rules: SettingRules;
  /** Another field, on which this one depends; it is read when it is first asked for. */
  readonly field: <Other extends keyof Domain>(name: Other) => Domain[Other];
  /** Records the position of a field that is not an object. */
  locate(field: keyof Domain, span: Span | undefined): void;
}

/** An xl.cfg that is being written. */
export interface Writing {
  readonly out: XlOutput;
  readonly report: Report;
  readonly options: FormatOptions;
  readonly domain: Domain;
  /** The hypervisor that the domain was for before it was converted to Xen. */
  readonly source: Domain['hypervisor'];
  readonly rules: SettingRules;
}

/** What follows from all descriptors together. */
export interface SettingRules {
  readonly inOutputOrder: (keys: readonly string[]) => readonly string[];
  readonly isOwned: (key: string) => boolean;
  readonly isPlaceholder: (key: string, value: XlSource) => boolean;
}

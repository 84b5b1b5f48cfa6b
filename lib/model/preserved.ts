import type { Advice } from '../diagnostics/diagnostic.js';

/** What one format specifies and the model does not contain, so that it can be restored on the way back. */
export interface Preserved {
  /** xl.cfg settings that libvirt cannot express. */
  readonly settings: readonly PreservedSetting[];
  /** Pieces of domain XML that xl.cfg cannot express. */
  readonly fragments: readonly PreservedFragment[];
}

export interface PreservedSetting {
  readonly key: string;
  readonly value: SettingValue;
}

export type SettingValue = string | readonly SettingValue[];

/** A piece of a document and its location. */
export interface PreservedFragment {
  /**
   * The path of the parent from below `<domain>`, such as `devices/disk[2]/driver`; empty for `<domain>` itself.
   * Counted from 1.
   */
  readonly parent: string;
  /** An element's XML, or an attribute as `name=value`. */
  readonly piece:
    | { readonly kind: 'element'; readonly xml: string }
    | { readonly kind: 'attribute'; readonly name: string; readonly value: string };
}

/** For a setting that domain XML cannot express. */
export const preservedHint: Advice = {
  hint: 'preserved in <metadata>; converting back restores it',
  remedy: { option: 'keep', value: false },
};

export const nothingPreserved: Preserved = { settings: [], fragments: [] };

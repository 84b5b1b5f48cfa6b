import type { Advice } from '../diagnostics/diagnostic.js';

/**
 * What one format says and the model does not: carried along so that the way back restores it.
 */
export interface Preserved {
  /** xl.cfg settings that libvirt cannot say. */
  readonly settings: readonly PreservedSetting[];
  /** Pieces of domain XML that xl.cfg cannot say. */
  readonly fragments: readonly PreservedFragment[];
}

export interface PreservedSetting {
  readonly key: string;
  readonly value: SettingValue;
}

export type SettingValue = string | readonly SettingValue[];

/** Where in the document a piece was, and the piece. */
export interface PreservedFragment {
  /** The parent from below `<domain>`, such as `devices/disk[2]/driver`; empty for `<domain>` itself. Counted from 1. */
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

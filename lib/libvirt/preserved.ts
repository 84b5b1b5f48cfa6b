import type { KeptSetting } from '../model/kept.js';

/** What an earlier conversion from xl.cfg preserved in <metadata>: settings, and parameters of single devices. */
export interface PreservedFromXl {
  readonly settings: readonly KeptSetting[];
  /** By the name of the channel. */
  readonly backends: ReadonlyMap<string, string>;
  /** By the target of the disk; by the place of the interface and the host device, counted from 1. */
  readonly disks: ReadonlyMap<string, readonly string[]>;
  readonly interfaces: ReadonlyMap<string, readonly string[]>;
  readonly hostdevs: ReadonlyMap<string, readonly string[]>;
}

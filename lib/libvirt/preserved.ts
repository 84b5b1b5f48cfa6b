import type { Report } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import { keptHint, type KeptSetting } from '../model/kept.js';

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

/** Reports the parameters of a device that only xl knows: libvirt ignores them, though they are preserved. */
export function reportXlOnly(
  what: string,
  parameters: readonly string[] | undefined,
  span: Span | undefined,
  report: Report,
): void {
  for (const parameter of parameters ?? []) {
    const message = `'${parameter}' of ${what} has no place in libvirt's XML`;
    report.add('not-implemented', message, span, keptHint);
  }
}

import { codes, type Code, type Severity } from './codes.js';
import type { Span } from './span.js';

/** What avoids a diagnostic, as data: an option of the library by name, or a hook. A command adds its flag. */
export type Remedy =
  | { readonly option: 'from'; readonly value?: 'libvirt' | 'xl' }
  | { readonly option: 'keep'; readonly value: boolean }
  | { readonly option: 'limit' }
  | { readonly option: 'arch'; readonly value?: string }
  /** The value is the name of the network. */
  | { readonly option: 'networks'; readonly value: string }
  | { readonly option: 'userBridge' }
  /** The value is the name of the storage pool. */
  | { readonly option: 'pools'; readonly value: string }
  | { readonly option: 'xen'; readonly value: string }
  | { readonly option: 'transport'; readonly value: 'pv-console' | 'virtio-serial' }
  | { readonly option: 'allowUnsaved' }
  | { readonly hook: 'libvirt' };

/** A hint with the option that it refers to. */
export interface Advice {
  readonly hint: string;
  readonly remedy: Remedy;
}

/** One diagnostic about a document. */
export interface Diagnostic {
  readonly code: Code;
  readonly severity: Severity;
  /** The message, without the position. */
  readonly message: string;
  /** The position in the document that was read; absent if there is none. */
  readonly span?: Span;
  /** How to fix it. */
  readonly hint?: string;
  /** The option that the hint refers to. */
  readonly remedy?: Remedy;
  /** The selector that drops the device, if that avoids the error. */
  readonly drop?: string;
}

/** The position of a device, and the selector that drops it. */
export interface DevicePlace {
  readonly span: Span;
  readonly selector: () => string;
}

/** Errors that are avoided by dropping the device: the target does not support it, or cannot express it. */
const droppable: ReadonlySet<Code> = new Set<Code>([
  'device-unsupported',
  'channel-target',
  'channel-name',
  'channel-duplicate',
  'channel-path',
  'channel-connection',
  'channel-transport',
  'xl-unrepresentable',
]);

/** Collects diagnostics; nothing in the core throws for an invalid document. */
export class Report {
  readonly #diagnostics: Diagnostic[] = [];
  #devices: () => readonly DevicePlace[] = () => [];

  /** Adds a diagnostic; its severity is that of its code. */
  add(code: Code, message: string, span?: Span, advice?: string | Advice): void {
    this.#diagnostics.push({
      code,
      severity: codes[code].severity,
      message,
      ...(span && { span: { start: span.start, end: span.end } }),
      ...(typeof advice === 'string' ? { hint: advice } : advice),
    });
  }

  /** An error inside a device gets the selector of the device, whichever function reports it. */
  locateDevices(devices: () => readonly DevicePlace[]): void {
    this.#devices = devices;
  }

  /** Adds the diagnostics of another report. */
  addAll(diagnostics: readonly Diagnostic[]): void {
    for (const diagnostic of diagnostics) this.#diagnostics.push(diagnostic);
  }

  get hasErrors(): boolean {
    return this.#diagnostics.some((d) => d.severity === 'error');
  }

  /** All diagnostics, in the order of their positions in the document; those without a position are last. */
  get diagnostics(): readonly Diagnostic[] {
    const place = (d: Diagnostic): number => d.span?.start ?? Number.MAX_SAFE_INTEGER;
    const sorted = this.#diagnostics.toSorted((a, b) => place(a) - place(b));
    if (!sorted.some(({ code }) => droppable.has(code))) return sorted;
    const devices = this.#devices().toSorted((a, b) => a.span.start - b.span.start);
    return sorted.map((diagnostic) => adviseDrop(diagnostic, devices));
  }
}

/** @param devices in the order of the document; none is inside another */
function adviseDrop(diagnostic: Diagnostic, devices: readonly DevicePlace[]): Diagnostic {
  const { code, span } = diagnostic;
  if (!span || !droppable.has(code)) return diagnostic;
  let [first, end] = [0, devices.length];
  while (first < end) {
    const middle = (first + end) >> 1;
    if ((devices[middle]?.span.start ?? 0) <= span.start) first = middle + 1;
    else end = middle;
  }
  const device = devices[first - 1];
  return device && span.end <= device.span.end ? { ...diagnostic, drop: device.selector() } : diagnostic;
}

/** Treats warnings as errors. */
export function strictly(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.map((d) => (d.severity === 'warning' ? { ...d, severity: 'error' } : d));
}

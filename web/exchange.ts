import type { Severity } from '../lib/diagnostics/codes.js';
import type { Format } from '../lib/convert.js';
import type { ChannelPath } from '../lib/realize/diagram/channel-path.js';

/** What the page and its worker send each other: texts and short lists, which are cheap to copy. */

export type Work = 'convert' | 'adapt';

/** The controls of the page, as they are: the worker parses them. */
export interface Controls {
  readonly work: Work;
  readonly xen: string;
  readonly libvirt: string;
  readonly arch: string;
  readonly profile: string;
  readonly channelSyntax: string;
  readonly transport: string;
  readonly sparePorts: string;
  readonly guest: string;
  readonly hypervisor: string;
  readonly keep: string;
  readonly strict: boolean;
  /** NAME=BRIDGE, one a line. */
  readonly networks: string;
  readonly userBridge: string;
  /** NAME=DIR, one a line. */
  readonly pools: string;
  /** Selectors, one a line. */
  readonly drop: string;
  /** The domain that channels are drawn for. */
  readonly domid: string;
}

export type ControlName = keyof Controls;

/** A control with a value that has no meaning. */
export interface ControlProblem {
  readonly control: ControlName;
  readonly message: string;
}

export interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** A diagnostic with its place: the offsets for the editor, the line and column for people. */
export interface Finding {
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** The selector that omits the device. */
  readonly drop?: string;
  readonly place?: {
    readonly start: number;
    readonly end: number;
    readonly line: number;
    readonly column: number;
  };
}

export type Counts = Readonly<Record<Severity, number>>;

/** A change of adapt, in the source and in the result. */
export interface Change {
  readonly fromA: number;
  readonly toA: number;
  readonly fromB: number;
  readonly toB: number;
}

export interface Result {
  readonly work: Work;
  readonly from?: Format;
  readonly to?: Format;
  /** Absent after an error. */
  readonly output?: string;
  /** Of adapt: all changes; absent after an error. */
  readonly changes?: readonly Change[];
  readonly counts: Counts;
  /** The first of each severity. */
  readonly findings: readonly Finding[];
  readonly paths: readonly ChannelPath[];
  /** Why a channel is not drawn. */
  readonly notDrawn: readonly string[];
}

export type Outcome = 'converts' | 'converts with losses' | 'rejected';

export interface SummaryRow {
  readonly name: string;
  readonly outcome: Outcome;
  readonly counts: Counts;
}

export type Request =
  | { readonly kind: 'document'; readonly text: string; readonly controls: Controls }
  | { readonly kind: 'summary'; readonly files: readonly NamedText[]; readonly controls: Controls };

export type Answer =
  | { readonly kind: 'document'; readonly result: Result }
  | { readonly kind: 'summary'; readonly rows: readonly SummaryRow[] }
  | { readonly kind: 'controls'; readonly problems: readonly ControlProblem[] }
  /** A fault of virt2xen itself. */
  | { readonly kind: 'fault'; readonly message: string };

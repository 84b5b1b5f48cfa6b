import type { DomId } from '../domid.js';
import type { XenbusState } from '../xenbus-state.js';

/** What is known of a host, gathered by host/facts.ts. Plain data. */
export interface HostFacts {
  readonly uid: number;
  /** /sys/hypervisor/type, and whether /proc/xen/capabilities says that this is the control domain. */
  readonly hypervisor: { readonly type?: string; readonly isControlDomain: boolean };
  /** `problem`: xenstored does not answer there, and why. */
  readonly store: {
    readonly path: string;
    readonly problem?: { readonly code: string; readonly reason: string };
  };
  readonly qemu: { readonly path: string; readonly version: string } | { readonly problem: string };
  readonly runtimeDirectory: DirectoryFacts;
  /** Programs that are called by name, and whether there are such. */
  readonly programs: Readonly<Record<CalledProgram, boolean>>;
  readonly xl: XlFacts;
  readonly domains: readonly DomainFacts[];
  /** The uuids of domains that are gone, and of which something is left in the runtime directory. */
  readonly leftovers: readonly string[];
}

export type CalledProgram = 'flock' | 'getent' | 'ss';

export interface DirectoryFacts {
  readonly path: string;
  /** Absent where there is nothing. */
  readonly found?: { readonly isDirectory: boolean; readonly uid: number; readonly mode: number };
}

/** What xl makes of the first channel of a config; `unknown`, and why, where it could not be asked. */
export type XlFacts =
  | { readonly first: 'kept' | 'lost'; readonly program: string }
  | { readonly first: 'unknown'; readonly reason: string }
  /** There is no xl. */
  | { readonly first: 'absent' };

export interface DomainFacts {
  readonly domid: DomId;
  readonly name: string;
  readonly channels: readonly ChannelFacts[];
}

export interface ChannelFacts {
  readonly devid: number;
  readonly name: string;
  readonly madeBy: 'libxl' | 'virt2xen' | 'other';
  readonly frontend: XenbusState;
  readonly server:
    | { readonly kind: 'qemu'; readonly pids: readonly number[] }
    | { readonly kind: 'domain' }
    | { readonly kind: 'nobody' };
  /** Of a socket that is to be on this host. */
  readonly socket?: { readonly path: string; readonly isThere: boolean };
}

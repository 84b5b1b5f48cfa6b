import type { DomId } from '../domid.js';
import type { XenbusState } from '../xenbus-state.js';

/** The state of a host, gathered by host/facts.ts. Plain data. */
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
  /** Required programs, and whether they are in PATH. */
  readonly programs: Readonly<Record<CalledProgram, boolean>>;
  readonly xl: XlFacts;
  readonly domains: readonly DomainFacts[];
  /** The UUIDs of directories of domains that no longer exist. */
  readonly leftovers: readonly string[];
}

export type CalledProgram = 'flock' | 'getent' | 'ss';

export interface DirectoryFacts {
  readonly path: string;
  /** Absent if it does not exist. */
  readonly found?: { readonly isDirectory: boolean; readonly uid: number; readonly mode: number };
}

/** Whether xl creates or drops the first channel of a config; `unknown` if xl could not be run. */
export type XlFacts =
  | { readonly first: 'created' | 'dropped'; readonly program: string }
  | { readonly first: 'unknown'; readonly reason: string }
  /** xl is not installed. */
  | { readonly first: 'absent' };

export interface DomainFacts {
  readonly domid: DomId;
  readonly name: string;
  readonly channels: readonly ChannelFacts[];
  /** Its virtio-serial ports, without spare ones. */
  readonly ports?: readonly PortFacts[];
  /** Whether its ports are those of its config; absent if that is not known. */
  readonly isSavable?: boolean;
}

export interface PortFacts {
  readonly nr: number;
  readonly name: string;
  readonly createdBy: 'config' | 'virt2xen' | 'other';
  /** Whether a program in the guest has it open. */
  readonly state: 'open' | 'closed' | 'unknown';
  readonly socket?: SocketFacts;
}

/** The listening socket of a channel on this host. */
export interface SocketFacts {
  readonly path: string;
  readonly isThere: boolean;
}

export interface ChannelFacts {
  readonly devid: number;
  readonly name: string;
  readonly createdBy: 'libxl' | 'virt2xen' | 'other';
  readonly frontendState: XenbusState;
  readonly servedBy:
    | { readonly kind: 'qemu'; readonly pids: readonly number[] }
    | { readonly kind: 'domain' }
    | { readonly kind: 'none' };
  readonly socket?: SocketFacts;
}

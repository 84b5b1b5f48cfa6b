/** What the virtual machine's platform offers. Absent: the toolstack's default. */
export interface Features {
  readonly acpi?: boolean;
  readonly apic?: boolean;
  readonly pae?: boolean;
  readonly hap?: boolean;
  readonly viridian?: boolean;
  /** PV: the guest sees the host's memory map, as PCI passthrough wants. */
  readonly e820Host?: boolean;
}

/** The guest's wall clock at its start. */
export interface Clock {
  readonly basis: 'utc' | 'localtime';
  /** Seconds added to the basis. */
  readonly offsetSeconds: number;
  readonly tscMode?: 'default' | 'always_emulate' | 'native' | 'native_paravirt';
  /** HVM: whether there is a high precision event timer. */
  readonly hpet?: boolean;
}

export const lifecycleActions = [
  'destroy',
  'restart',
  'rename-restart',
  'preserve',
  'coredump-destroy',
  'coredump-restart',
] as const;
export type LifecycleAction = (typeof lifecycleActions)[number];

/** What happens when the guest stops. */
export interface Lifecycle {
  readonly poweroff: LifecycleAction;
  readonly reboot: LifecycleAction;
  readonly crash: LifecycleAction;
}

export interface Memory {
  /** What the guest can balloon up to, in KiB. */
  readonly maximumKiB: number;
  /** What it has at its start, in KiB; never more than the maximum. */
  readonly currentKiB: number;
}

export interface Vcpus {
  readonly maximum: number;
  /** How many are on at the start. */
  readonly online: number;
  /** The host CPUs they may run on, as a normalised list such as `0-3,8`; absent: all. */
  readonly affinity?: string;
}

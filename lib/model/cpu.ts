/** What the guest sees of the CPU, where that is not what the toolstack shows by itself: the host's. */
export interface Cpu {
  /** Whether the guest can run guests of its own; absent: it cannot. A PV guest has no such choice. */
  readonly nested?: boolean;
  /** Each feature at most once. */
  readonly features: readonly CpuFeature[];
}

export interface CpuFeature {
  /** In libvirt's words; cpu-features.ts has those that Xen can change. */
  readonly name: string;
  readonly policy: CpuPolicy;
}

/** `on` and `off` whatever the host has; `default` as Xen would show it; `host` as the host has it (xl.cfg(5): 1, 0, x and k). */
export type CpuPolicy = 'on' | 'off' | 'default' | 'host';

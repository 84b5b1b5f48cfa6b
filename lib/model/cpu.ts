/** The CPU that the guest sees, where it differs from the toolstack's default, the host's CPU. */
export interface Cpu {
  /** Whether the guest can run guests of its own; absent: it cannot. A PV guest has no such choice. */
  readonly nested?: boolean;
  /** Each feature at most once. */
  readonly features: readonly CpuFeature[];
}

export interface CpuFeature {
  /** By libvirt's name; cpu-features.ts lists those that Xen can change. */
  readonly name: string;
  readonly policy: CpuPolicy;
}

/**
 * `on` and `off` whatever the host has; `default` as Xen would show it; `host` as the host has it (xl.cfg(5): 1, 0,
 * x and k).
 */
export type CpuPolicy = 'on' | 'off' | 'default' | 'host';

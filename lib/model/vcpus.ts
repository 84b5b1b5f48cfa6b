export interface Vcpus {
  readonly maximum: number;
  /** How many are on at the start. */
  readonly online: number;
  /** The host CPUs they may run on, as a normalised list such as `0-3,8`; absent: all. */
  readonly affinity?: string;
  /** Single ones that may run on other host CPUs than the rest, in the order of their numbers. */
  readonly pins?: readonly VcpuPin[];
}

export interface VcpuPin {
  /** Counted from 0. */
  readonly vcpu: number;
  /** A normalised list. */
  readonly cpus: string;
}

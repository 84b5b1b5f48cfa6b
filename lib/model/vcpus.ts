export interface Vcpus {
  readonly maximum: number;
  /** The number of CPUs that are online at the start. */
  readonly online: number;
  /** The host CPUs that they can run on, as a normalized list such as `0-3,8`; absent: all. */
  readonly affinity?: string;
  /** CPUs with another affinity than the rest, by number. */
  readonly pins?: readonly VcpuPin[];
}

export interface VcpuPin {
  /** Counted from 0. */
  readonly vcpu: number;
  /** A normalized list. */
  readonly cpus: string;
}

export interface Vcpus {
  readonly maximum: number;
  /** How many are on at the start. */
  readonly online: number;
  /** The host CPUs they may run on, as a normalised list such as `0-3,8`; absent: all. */
  readonly affinity?: string;
}

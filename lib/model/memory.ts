export interface Memory {
  /** The maximum that the guest can balloon up to, in KiB. */
  readonly maximumKiB: number;
  /** The amount at the start, in KiB; at most the maximum. */
  readonly currentKiB: number;
}

export interface Memory {
  /** What the guest can balloon up to, in KiB. */
  readonly maximumKiB: number;
  /** What it has at its start, in KiB; never more than the maximum. */
  readonly currentKiB: number;
}

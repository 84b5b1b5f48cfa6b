/** The ACPI sleep states that the guest can use; absent: the toolstack's default, which enables them. */
export interface SleepStates {
  /** S3, suspend to memory. */
  readonly memory?: boolean;
  /** S4, suspend to disk. */
  readonly disk?: boolean;
}

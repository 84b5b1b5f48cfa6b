/** The sleep states that ACPI offers to the guest; absent: the toolstack's default, which is to offer it. */
export interface SleepStates {
  /** S3, suspend to memory. */
  readonly memory?: boolean;
  /** S4, suspend to disk. */
  readonly disk?: boolean;
}

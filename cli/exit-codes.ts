/** What a shell sees. */
export const exitCodes = {
  done: 0,
  /** The document cannot be converted; time is up; the doctor has found an error. */
  document: 1,
  /** The command line is wrong. */
  usage: 2,
  /** A file could not be read or written; the host failed. */
  environment: 3,
} as const;

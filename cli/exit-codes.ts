/** The exit statuses of virt2xen. */
export const exitCodes = {
  done: 0,
  /** The document cannot be converted; a timeout expired; `doctor` found an error. */
  document: 1,
  /** The command line is wrong. */
  usage: 2,
  /** A file, xenstore or QEMU failed. */
  environment: 3,
} as const;

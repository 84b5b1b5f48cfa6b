/** Xenstore's wire protocol, from xen/include/public/io/xs_wire.h and docs/misc/xenstore.txt. */

/** The operations that are used here, with their numbers in `enum xsd_sockmsg_type`. */
export const operations = {
  DIRECTORY: 1,
  READ: 2,
  GET_PERMS: 3,
  WATCH: 4,
  UNWATCH: 5,
  TRANSACTION_START: 6,
  TRANSACTION_END: 7,
  INTRODUCE: 8,
  RELEASE: 9,
  WRITE: 11,
  MKDIR: 12,
  RM: 13,
  SET_PERMS: 14,
  IS_DOMAIN_INTRODUCED: 17,
  DIRECTORY_PART: 22,
} as const;
export type Operation = keyof typeof operations;

/** Events, and errors instead of an answer. */
export const messages = { WATCH_EVENT: 15, ERROR: 16 } as const;

/** XENSTORE_PAYLOAD_MAX, in bytes. C xenstored drops a connection that sends more. */
export const payloadLimit = 4096;

/** The maximum payload from the daemon, in bytes: oxenstored returns a large directory in one message. */
export const answerLimit = 1024 * 1024;

/** The errors that a daemon returns (`xsd_errors`). */
export const daemonErrors = [
  'EINVAL',
  'EACCES',
  'EEXIST',
  'EISDIR',
  'ENOENT',
  'ENOMEM',
  'ENOSPC',
  'EIO',
  'ENOTEMPTY',
  'ENOSYS',
  'EROFS',
  'EBUSY',
  'EAGAIN',
  'EISCONN',
  'E2BIG',
  'EPERM',
] as const;
export type DaemonError = (typeof daemonErrors)[number];

/** Errors of this side, under the names of the C library. */
export type ClientError = 'EILSEQ' | 'EPROTO' | 'ETIMEDOUT' | 'ECONNREFUSED' | 'ECONNRESET';

export type ErrorCode = DaemonError | ClientError;

/**
 * The name of an error as the daemon sent it. oxenstored has its own name for a full quota; unknown ones count as
 * EINVAL, as in libxenstore.
 */
export function daemonError(name: string): DaemonError {
  if (name === 'EQUOTA') return 'ENOSPC';
  return daemonErrors.find((known) => known === name) ?? 'EINVAL';
}

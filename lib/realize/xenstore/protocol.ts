/**
 * Xenstore's wire protocol, as xen/include/public/io/xs_wire.h and docs/misc/xenstore.txt have it.
 */

/** The operations that are used here, by their number in `enum xsd_sockmsg_type`. */
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

/** What the daemon sends of its own accord, and in place of an answer. */
export const messages = { WATCH_EVENT: 15, ERROR: 16 } as const;

/** XENSTORE_PAYLOAD_MAX, in bytes. C xenstored drops a connection that sends more. */
export const payloadLimit = 4096;

/** What is taken from the daemon, in bytes: oxenstored answers with a large directory in one message. */
export const answerLimit = 1024 * 1024;

/** The errors that a daemon answers with (`xsd_errors`). */
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

/** Errors of this side, under the names that the C library would use. */
export type ClientError = 'EILSEQ' | 'EPROTO' | 'ETIMEDOUT' | 'ECONNREFUSED' | 'ECONNRESET';

export type ErrorCode = DaemonError | ClientError;

/**
 * An error's name as the daemon sent it. oxenstored has a name of its own for a full quota; what is
 * not known counts as EINVAL, as in libxenstore.
 */
export function daemonError(name: string): DaemonError {
  if (name === 'EQUOTA') return 'ENOSPC';
  return daemonErrors.find((known) => known === name) ?? 'EINVAL';
}

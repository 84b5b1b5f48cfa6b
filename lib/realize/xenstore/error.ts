import { quoted } from '../../text/controls.js';
import type { ErrorCode, Operation } from './protocol.js';

export interface XenstoreErrorOptions {
  /** The operation; absent if nothing was sent yet. */
  readonly operation?: Operation | undefined;
  /** The node that it refers to. */
  readonly path?: string | undefined;
  /** The reason, for messages; absent: the meaning of the code. */
  readonly reason?: string | undefined;
}

/** An error of xenstore: the daemon's answer, a request that was not sent, a lost connection. */
export class XenstoreError extends Error {
  override readonly name = 'XenstoreError';
  readonly code: ErrorCode;
  readonly operation: Operation | undefined;
  readonly path: string | undefined;
  readonly reason: string;

  constructor(code: ErrorCode, { operation, path, reason = meanings[code] }: XenstoreErrorOptions) {
    const what = ['xenstore', operation, path === undefined ? undefined : shortened(path)];
    super(`${what.filter((part) => part !== undefined).join(' ')}: ${code}: ${reason}`);
    this.code = code;
    this.operation = operation;
    this.path = path;
    this.reason = reason;
  }
}

/** A path can be any text; of a very long one the beginning is sufficient. */
function shortened(path: string): string {
  return quoted(path.length > 200 ? `${path.slice(0, 200)}...` : path);
}

const meanings: Readonly<Record<ErrorCode, string>> = {
  EINVAL: 'the daemon rejects the request',
  EACCES: 'permission denied',
  EEXIST: 'it exists already',
  EISDIR: 'it is a directory',
  ENOENT: 'no such node, domain or transaction',
  ENOMEM: 'the daemon is out of memory',
  ENOSPC: 'the quota is used up',
  EIO: 'the daemon failed',
  ENOTEMPTY: 'it is not empty',
  ENOSYS: 'the daemon does not support the operation',
  EROFS: 'the store is read-only',
  EBUSY: 'the daemon is busy',
  EAGAIN: 'another transaction changed the same nodes',
  EISCONN: 'the domain is introduced already',
  E2BIG: 'it is too large, or one too many',
  EPERM: 'only the owner or dom0 may do this',
  EILSEQ: 'the value is not text (UTF-8)',
  EPROTO: 'the daemon broke the protocol',
  ETIMEDOUT: 'the daemon does not answer',
  ECONNREFUSED: 'no daemon answers there',
  ECONNRESET: 'the connection to the daemon is lost',
};

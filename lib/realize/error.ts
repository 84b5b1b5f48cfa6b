/**
 * Why attach and detach fail:
 * - channel: a channel in the document is not supported
 * - domain: the domain does not exist
 * - gone: the domain ended meanwhile; everything created for it has been removed
 * - busy: another virt2xen process holds the lock of the domain
 * - backend: the backend is not available, or the module is not a backend
 * - record: the record of an earlier run cannot be read
 * - daemon: the daemon does not run
 */
export type RealizeFailure = 'channel' | 'domain' | 'gone' | 'busy' | 'backend' | 'record' | 'daemon';

/** Channels could not be attached or detached. */
export class RealizeError extends Error {
  override readonly name = 'RealizeError';
  readonly failure: RealizeFailure;

  constructor(failure: RealizeFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}

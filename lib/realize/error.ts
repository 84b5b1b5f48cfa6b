/**
 * How realizing can fail:
 * - channel: a channel that cannot be had; the document is at fault
 * - domain: there is no such domain
 * - gone: the domain went away meanwhile; what was made for it has been removed
 * - busy: another virt2xen works on the domain
 * - backend: whoever should serve the domain is not there, or is no backend
 * - record: what is remembered of an earlier run cannot be read
 */
export type RealizeFailure = 'channel' | 'domain' | 'gone' | 'busy' | 'backend' | 'record';

/** Why channels could not be made to exist, or taken away; the message is for people. */
export class RealizeError extends Error {
  override readonly name = 'RealizeError';
  readonly failure: RealizeFailure;

  constructor(failure: RealizeFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}

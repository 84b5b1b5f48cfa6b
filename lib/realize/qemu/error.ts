/**
 * What can go wrong with a QEMU process and its sockets:
 * - not-found: no QEMU with the machine `xenpv`
 * - start: QEMU ended, or did not answer in time
 * - running: there is one in that directory already
 * - stop: QEMU cannot be ended
 * - socket: a socket cannot be made, or its place is taken
 * - access: no such user or group, no such mode
 */
export type QemuFailure = 'not-found' | 'start' | 'running' | 'stop' | 'socket' | 'access';

/** What went wrong, in words for people, and its kind. */
export class QemuError extends Error {
  override readonly name = 'QemuError';
  readonly failure: QemuFailure;

  constructor(failure: QemuFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}

/** What the system says went wrong, such as ENOENT; empty if it was not the system. */
export const systemCode = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

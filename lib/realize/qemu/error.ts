/**
 * Errors of a QEMU process and its sockets:
 * - not-found: no QEMU with the machine `xenpv`
 * - start: QEMU exited, or did not answer in time
 * - running: another one is running in that directory
 * - stop: QEMU cannot be stopped
 * - socket: a socket cannot be created, or its path is in use
 * - access: the user, group or mode is invalid
 */
export type QemuFailure = 'not-found' | 'start' | 'running' | 'stop' | 'socket' | 'access';

/** An error of QEMU: its kind, and a message. */
export class QemuError extends Error {
  override readonly name = 'QemuError';
  readonly failure: QemuFailure;

  constructor(failure: QemuFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}

/** The code of a system error, such as ENOENT; empty for other errors. */
export const systemCode = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

/**
 * Errors of a connection to QEMU's monitor:
 * - refused: QEMU answered a command with an error; `class` and `desc` are QEMU's own
 * - unreachable: no process listens at the socket
 * - busy: the connection waits for its turn; QEMU serves one client at a time
 * - timeout: QEMU did not answer a command in time
 * - closed: the connection ended
 * - protocol: the other end does not speak QMP
 */
export type QmpFailure = 'refused' | 'unreachable' | 'busy' | 'timeout' | 'closed' | 'protocol';

export interface QmpErrorOptions {
  /** The command that failed. */
  readonly command?: string | undefined;
  /** QEMU's name of the error: mostly GenericError; CommandNotFound, DeviceNotFound ... (qapi/error.json). */
  readonly class?: string;
}

/** An error of a QMP connection, by its kind. */
export class QmpError extends Error {
  override readonly name = 'QmpError';
  readonly failure: QmpFailure;
  readonly command: string | undefined;
  readonly class: string | undefined;
  /** The message, QEMU's own if there is one. */
  readonly desc: string;

  constructor(failure: QmpFailure, desc: string, options: QmpErrorOptions = {}) {
    const { command } = options;
    super(`QMP${command === undefined ? '' : ` ${command}`}: ${desc}`);
    this.failure = failure;
    this.desc = desc;
    this.command = command;
    this.class = options.class;
  }
}

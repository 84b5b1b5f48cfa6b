/**
 * How a conversation with QEMU's monitor can fail:
 * - refused: QEMU answered a command with an error; `class` and `desc` are QEMU's own
 * - unreachable: nobody listens at the socket
 * - busy: the connection waits for its turn; QEMU talks to one client at a time
 * - timeout: QEMU did not answer a command in time
 * - closed: the connection ended
 * - protocol: what answers does not speak QMP
 */
export type QmpFailure = 'refused' | 'unreachable' | 'busy' | 'timeout' | 'closed' | 'protocol';

export interface QmpErrorOptions {
  /** The command that it was about. */
  readonly command?: string | undefined;
  /** QEMU's name of the error: mostly GenericError; CommandNotFound, DeviceNotFound ... (qapi/error.json). */
  readonly class?: string;
}

/** What went wrong with a QMP conversation, by the kind of failure. */
export class QmpError extends Error {
  override readonly name = 'QmpError';
  readonly failure: QmpFailure;
  readonly command: string | undefined;
  readonly class: string | undefined;
  /** What is wrong, in QEMU's words where it said something. */
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

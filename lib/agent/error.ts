/**
 * Why a command of the guest agent fails:
 * - rejected: the agent answered with an error; `class` and `desc` are the agent's own
 * - unsupported: this agent does not have the command, or an administrator has disabled it; it was not sent
 * - timeout: no answer within the deadline; the guest may still execute the command
 * - restarted: the agent lost the command, because it was restarted or the guest rebooted
 * - closed: the channel ended
 * - unreachable: no process serves the channel
 * - busy: another process uses the channel
 * - protocol: the other end sent something that no agent sends, or more than the limit
 * - file: a file in the guest does not have the expected length
 */
export type AgentFailure =
  | 'rejected'
  | 'unsupported'
  | 'timeout'
  | 'restarted'
  | 'closed'
  | 'unreachable'
  | 'busy'
  | 'protocol'
  | 'file';

export interface AgentErrorOptions {
  /** The command that failed, such as `guest-ping`. */
  readonly command?: string | undefined;
  /** The agent's name of the error: mostly GenericError; CommandNotFound ... (qapi/error.json). */
  readonly class?: string;
}

/** An error of the guest agent or its channel, by its kind. The text can contain what a guest sent: escape it. */
export class AgentError extends Error {
  override readonly name = 'AgentError';
  readonly failure: AgentFailure;
  readonly command: string | undefined;
  readonly class: string | undefined;
  /** The message without the command, the agent's own if there is one. */
  readonly desc: string;

  constructor(failure: AgentFailure, desc: string, options: AgentErrorOptions = {}) {
    const { command } = options;
    super(command === undefined ? desc : `${command}: ${desc}`);
    this.failure = failure;
    this.desc = desc;
    this.command = command;
    this.class = options.class;
  }
}

import { isObject, type JsonObject } from '../language/json.js';
import { AgentError } from './error.js';
import type { Pending } from './pending.js';
import { errorOf } from './reply-error.js';
import type { AgentRequest } from './request.js';

/** Ends a call with the agent's reply. */
export function answer(pending: Pending, reply: JsonObject, text: string): void {
  const { error } = reply;
  if (!isObject(error)) return pending.resolve(reply['return'], text);
  pending.reject(errorOf(pending.request.name, error));
}

/** Ends a call that the agent did not answer before a later one. */
export function rejectAsRestarted(pending: Pending): void {
  const lost =
    'the agent lost the command without an answer: it was restarted, or the guest rebooted; check what the guest has executed, and repeat the command';
  pending.reject(new AgentError('restarted', lost, commandOf(pending)));
}

/** Ends a call whose reply cannot be read. */
export function rejectReply(pending: Pending, reason: string): void {
  pending.reject(new AgentError('protocol', reason, commandOf(pending)));
}

/** What is known when the deadline of a call passes. */
export interface Lateness {
  readonly timeoutMs: number;
  /** Whether the agent has answered a request before. */
  readonly hasAnswered: boolean;
  /** What was received that was not a reply. */
  readonly noise?: string | undefined;
}

/** Ends a call whose deadline has passed. */
export function rejectAsLate(pending: Pending, { timeoutMs, hasAnswered, noise }: Lateness): void {
  const limit = `no answer within ${timeoutMs / 1000} s`;
  const received = noise === undefined ? '' : `; received instead: ${JSON.stringify(noise)}`;
  const state = hasAnswered
    ? 'the agent answered before, and may still execute the command, or it was killed, or the guest hangs'
    : 'the agent is not running, or the guest is not';
  pending.reject(new AgentError('timeout', `${limit}; ${state}${received}`, commandOf(pending)));
}

/** The error that ended a session, as that of one command. */
export const withCommand = ({ failure, desc }: AgentError, { name }: AgentRequest<unknown>): AgentError =>
  new AgentError(failure, desc, { command: name });

const commandOf = ({ request }: Pending): { readonly command: string } => ({ command: request.name });

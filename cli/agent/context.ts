import type { AgentSession } from '../../lib/agent/session.js';
import type { AgentArguments } from './arguments.js';

/** What a command works with. */
export interface AgentContext extends AgentArguments {
  readonly session: AgentSession;
  /** Aborted by the first signal that asks this process to terminate. */
  readonly signal: AbortSignal;
}

/** Executes one command. @returns the exit status */
export type AgentWork = (context: AgentContext) => Promise<number>;

/** For the commands that print one value: as JSON, or as text. */
export interface Shown {
  readonly json: object;
  readonly text: string;
}

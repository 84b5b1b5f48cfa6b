import { programStatus, startProgram, type Program, type ProgramStatus } from './commands/exec.js';
import { AgentError } from './error.js';
import type { CallOptions } from './request.js';
import type { AgentSession } from './session.js';

/** Most programs end soon; for others the agent, which does nothing else meanwhile, is asked less often. */
const [shortestPauseMs, longestPauseMs] = [2, 500];

/** What fits into one request: QEMU limits a token of JSON to 64 MiB (qobject/json-lexer.c). */
export const inputLimitBytes = 40 * 1024 * 1024;

/** How a program ended. */
export interface Exited extends Omit<ProgramStatus, 'hasExited'> {
  /** Its process ID in the guest. */
  readonly pid: number;
}

export interface ExecOptions extends CallOptions {
  /** Called when the program has been started, with its process ID. */
  readonly onStart?: (pid: number) => void;
}

/**
 * Runs a program in the guest and waits for its end, however long it runs: the deadline is that of each request. An
 * abort ends the wait, not the program.
 * @throws AgentError `restarted` if the agent no longer knows the program; as `AgentSession.call`
 */
export async function exec(
  session: AgentSession,
  program: Program,
  { onStart, ...options }: ExecOptions = {},
): Promise<Exited> {
  if ((program.input?.length ?? 0) > inputLimitBytes) {
    throw new AgentError(
      'file',
      `the input is longer than ${inputLimitBytes} bytes, which the agent accepts at most`,
    );
  }
  const pid = await session.call(startProgram(program), options);
  onStart?.(pid);
  for (let pauseMs = shortestPauseMs; ; pauseMs = Math.min(1.5 * pauseMs, longestPauseMs)) {
    const { hasExited, ...status } = await session.call(programStatus(pid), options).catch(lost);
    if (hasExited) return { pid, ...status };
    await pause(pauseMs, options.signal);
  }
}

/** The agent rejects a process ID that it does not know (qga/commands.c: `Invalid parameter 'pid'`). */
function lost(error: unknown): never {
  if (!(error instanceof AgentError) || error.failure !== 'rejected') throw error;
  throw new AgentError(
    'restarted',
    `the agent was restarted while the program ran, or the guest rebooted (${error.desc})`,
    {
      command: error.command,
    },
  );
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', done);
  });
  signal?.throwIfAborted();
}

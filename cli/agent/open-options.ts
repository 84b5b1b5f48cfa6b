import { join } from 'node:path';
import type { OpenOptions } from '../../lib/agent/node/open.js';
import type { AgentArguments } from './arguments.js';

/** How the session of a command is opened. */
export function openOptions(
  { command, timeoutMs, lockTimeoutMs, runtimeDir }: AgentArguments,
  signal: AbortSignal,
): OpenOptions {
  return {
    purpose: `virt2xen agent ${command.name}`,
    waitMs: lockTimeoutMs,
    signal,
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(runtimeDir !== undefined && { directory: join(runtimeDir, 'agent') }),
  };
}

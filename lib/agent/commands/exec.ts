/** Programs in the guest. `../exec.ts` runs one with these, and waits for its end. */
import { decodeBase64, encodeBase64 } from '../base64.js';
import { AgentError } from '../error.js';
import type { AgentRequest } from '../request.js';
import { booleanOf, countOf, membersOf, numberOf, objectOf, textOf } from '../value.js';

/** A program to run. */
export interface Program {
  /** A path, or a name that the guest searches in its PATH. */
  readonly path: string;
  readonly args: readonly string[];
  /** `NAME=VALUE`s (default: the environment of the agent). */
  readonly env?: readonly string[];
  /** Its standard input (default: empty). */
  readonly input?: Uint8Array;
}

/** Starts a program. @returns its process ID in the guest */
export const startProgram = ({ path, args, env, input }: Program): AgentRequest<number> => ({
  name: 'guest-exec',
  arguments: {
    path,
    arg: args,
    ...(env && { env }),
    ...(input && input.length > 0 && { 'input-data': encodeBase64(input) }),
    // A word since 8.0, a boolean for all agents: both outputs, apart.
    'capture-output': true,
  },
  read: (value) => countOf(objectOf(value)['pid']),
});

/** A program's state (GuestExecStatus). The agent returns output only once it has exited, of 16 MiB at most each. */
export interface ProgramStatus {
  readonly hasExited: boolean;
  readonly exitCode?: number;
  /** The number of the signal that ended it; of Windows, the code of its exception. */
  readonly signal?: number;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  /** Whether the agent has dropped output beyond its limit. */
  readonly isTruncated: boolean;
}

/** GUEST_EXEC_MAX_OUTPUT of qga/commands.c, for both outputs, in base64. */
const outputLimitBytes = 2 * Math.ceil((16 * 1024 * 1024 * 4) / 3) + 4096;

/** The state of a program; once it has exited, the agent forgets it. */
export const programStatus = (pid: number): AgentRequest<ProgramStatus> => ({
  name: 'guest-exec-status',
  arguments: { pid },
  replyLimitBytes: outputLimitBytes,
  read: (value) => {
    const object = objectOf(value);
    const members = membersOf(object, {
      exitcode: numberOf,
      signal: countOf,
      'out-data': bytesOf,
      'err-data': bytesOf,
      'out-truncated': booleanOf,
      'err-truncated': booleanOf,
    });
    return {
      hasExited: booleanOf(object['exited']),
      ...(members.exitcode !== undefined && { exitCode: members.exitcode }),
      ...(members.signal !== undefined && { signal: members.signal }),
      stdout: members['out-data'] ?? new Uint8Array(0),
      stderr: members['err-data'] ?? new Uint8Array(0),
      isTruncated: (members['out-truncated'] ?? false) || (members['err-truncated'] ?? false),
    };
  },
});

function bytesOf(value: unknown): Uint8Array {
  const bytes = decodeBase64(textOf(value));
  if (bytes) return bytes;
  throw new AgentError('protocol', 'the agent returned output that is not base64');
}

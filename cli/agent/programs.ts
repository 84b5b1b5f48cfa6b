import { exec, inputLimitBytes, type Exited } from '../../lib/agent/exec.js';
import { exitCodes } from '../exit-codes.js';
import { dash, readDocument } from '../files.js';
import { printJson } from '../guarded.js';
import { print } from '../terminal.js';
import type { AgentContext, AgentWork } from './context.js';
import { writeFromGuest } from './guest-output.js';

/** `exec`: exits with the status of the program. */
export const execProgram: AgentWork = async (context) => {
  const [path = '', ...args] = context.operands;
  const { env, stdin } = context.options;
  const input = stdin ? await readDocument(dash, inputLimitBytes) : undefined;
  const exited = await run(context, { path, args, ...(env && { env }), ...(input && { input }) });
  show(context, exited);
  return statusOf(exited);
};

/** `dmesg`: the log of the guest's kernel, as its dmesg(1) prints it. */
export const dmesg: AgentWork = async (context) => {
  const exited = await run(context, { path: 'dmesg', args: [] });
  show(context, exited);
  return exited.exitCode === 0 ? exitCodes.done : exitCodes.document;
};

const run = ({ session, signal }: AgentContext, program: Parameters<typeof exec>[1]): Promise<Exited> =>
  exec(session, program, { signal });

/** As a shell: 128 and the number of the signal. A status of Windows can have more than 8 bits. */
function statusOf({ exitCode, signal }: Exited): number {
  if (signal !== undefined) return 128 + (signal & 127);
  return exitCode === undefined ? exitCodes.environment : exitCode & 255 || (exitCode === 0 ? 0 : 1);
}

function show({ json }: AgentContext, exited: Exited): void {
  const { stdout, stderr, isTruncated, ...rest } = exited;
  if (json) {
    const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
    printJson({ ...rest, stdout: text(stdout), stderr: text(stderr), truncated: isTruncated });
    return;
  }
  writeFromGuest('stdout', stdout);
  writeFromGuest('stderr', stderr);
  if (isTruncated)
    print('stderr', 'virt2xen: output truncated: the agent stores 16 MiB of each output at most\n');
}

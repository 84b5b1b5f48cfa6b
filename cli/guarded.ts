import { AgentError } from '../lib/agent/error.js';
import { RealizeError } from '../lib/realize/error.js';
import { QemuError } from '../lib/realize/qemu/error.js';
import { QmpError } from '../lib/realize/qmp/error.js';
import { XenstoreError } from '../lib/realize/xenstore/error.js';
import { exitCodes } from './exit-codes.js';
import { FileError } from './files.js';
import { print, printError } from './terminal.js';

/**
 * Runs a command that works on a host. Errors of the host are reported, not thrown: on standard error, or
 * with `--json` as `{"error": ...}` on standard output.
 *
 * @returns the exit status of `work`, or that of its failure
 */
export async function guarded(json: boolean, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    const isKnown = [FileError, AgentError, RealizeError, QemuError, QmpError, XenstoreError].some(
      (kind) => error instanceof kind,
    );
    const isSystem = error instanceof Error && 'syscall' in error;
    if (!(error instanceof Error) || !(isKnown || isSystem)) throw error;
    if (json) printJson({ error: error.message });
    else printError(error);
    return statusOf(error);
  }
}

/** Distinguishes errors in the document, in the options and on the host. */
const statusOf = (error: Error): number => {
  if (error instanceof RealizeError && error.failure === 'channel') return exitCodes.document;
  if (error instanceof QemuError && error.failure === 'access') return exitCodes.usage;
  if (error instanceof AgentError && rejections.includes(error.failure)) return exitCodes.document;
  return exitCodes.environment;
};

/** The channel and the agent work. */
const rejections: readonly string[] = ['rejected', 'unsupported', 'file'];

export const printJson = (value: object): void => {
  print('stdout', `${JSON.stringify(value, undefined, 2)}\n`);
};

import { exitCodes } from './exit-codes.js';
import { exit, print } from './terminal.js';

/** Runs a command, and ends the process with its exit status. An exception is a bug in virt2xen and is reported as one. */
export async function report(command: () => Promise<number>): Promise<void> {
  try {
    exit(await command());
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    print('stderr', `virt2xen: internal error, please report it:\n${what}\n`);
    process.exitCode = exitCodes.environment;
  }
}

import { exitCodes } from '../exit-codes.js';
import { print } from '../terminal.js';

/** Runs a command and sets the exit status. What it throws is a fault of virt2xen, and is told as one. */
export async function report(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    print('stderr', `virt2xen: this is a fault of virt2xen, please report it:\n${what}\n`);
    process.exitCode = exitCodes.environment;
  }
}

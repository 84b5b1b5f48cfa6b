import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes } from './exit-codes.js';
import { writeAtomically } from './files.js';
import { kitFiles } from './guest-kit-files.js';
import { print, printError } from './terminal.js';

/** `virt2xen guest-kit DIR`: writes the kit's files there. @returns the exit status */
export function writeGuestKit(directory: string): number {
  try {
    mkdirSync(directory, { recursive: true });
    for (const { name, mode, text } of kitFiles) {
      const path = join(directory, name);
      writeAtomically(path, text);
      chmodSync(path, mode);
    }
  } catch (error) {
    printError(error);
    return exitCodes.environment;
  }
  print('stdout', `guest kit written to ${directory}; see ${join(directory, 'README.md')}\n`);
  return exitCodes.done;
}

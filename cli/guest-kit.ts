import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitCodes } from './exit-codes.js';
import { writeAtomically } from './files.js';
import { print, printError } from './terminal.js';

/** `virt2xen guest-kit DIR`: writes the kit's files there. @returns the exit status */
export function writeGuestKit(directory: string): number {
  const kit = fileURLToPath(new URL('./guest-kit/', import.meta.url));
  try {
    mkdirSync(directory, { recursive: true });
    for (const name of readdirSync(kit)) {
      const [from, to] = [join(kit, name), join(directory, name)];
      writeAtomically(to, readFileSync(from, 'utf8'));
      chmodSync(to, statSync(from).mode & 0o777);
    }
  } catch (error) {
    printError(error);
    return exitCodes.environment;
  }
  print('stdout', `guest kit written to ${directory}; see ${join(directory, 'README.md')}\n`);
  return exitCodes.done;
}

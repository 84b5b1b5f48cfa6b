/** What others look for in the directory of a machine. */
import { join } from 'node:path';

/** For `ssh -F`; dom0's name there is `dom0`. */
export const sshConfigOf = (directory: string): string => join(directory, 'ssh_config');

/** What Xen and dom0 say on the serial line. */
export const consoleLogOf = (directory: string): string => join(directory, 'console.log');

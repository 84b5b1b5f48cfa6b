/** The files in the directory of a machine that other programs read. */
import { join } from 'node:path';

/** For `ssh -F`; the host is named `dom0`. */
export const sshConfigOf = (directory: string): string => join(directory, 'ssh_config');

/** The output of Xen and dom0 on the serial line. */
export const consoleLogOf = (directory: string): string => join(directory, 'console.log');

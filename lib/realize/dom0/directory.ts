import { join } from 'node:path';

/** Where all of that domain's is: the record, the log, and QEMU's own directory. */
export const directoryOf = (runtimeDirectory: string, uuid: string): string => join(runtimeDirectory, uuid);

export const logOf = (directory: string): string => join(directory, 'qemu.log');
export const qemuDirectoryOf = (directory: string): string => join(directory, 'qemu');

import { join } from 'node:path';

/** The directory of a domain: the record, the log, and QEMU's own directory. */
export const directoryOf = (runtimeDirectory: string, uuid: string): string => join(runtimeDirectory, uuid);

export const logOf = (directory: string): string => join(directory, 'qemu.log');
export const qemuDirectoryOf = (directory: string): string => join(directory, 'qemu');

/** The socket over which the exit of the QEMU that serves the domain is noticed (qemu/lifeline.ts). */
export const lifelineOf = (directory: string): string => join(directory, 'lifeline');

import {
  closeSync,
  createReadStream,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** The placeholder for `-`, which yargs would drop. */
export const dash = '<->';

/** A file cannot be read or written. */
export class FileError extends Error {}

/**
 * Reads a file, or standard input for `dash`. Reading stops soon after the limit, so that an endless
 * pipe cannot exhaust memory; the converter then rejects the document.
 */
export async function readDocument(file: string, limitBytes: number): Promise<Uint8Array> {
  try {
    if (file === dash) return await readStream(process.stdin, limitBytes);
    const stats = statSync(file);
    if (stats.isFile() && stats.size <= limitBytes) return readFileSync(file);
    return await readStream(createReadStream(file), limitBytes);
  } catch (error) {
    throw new FileError(`cannot read ${file}: ${reasonOf(error)}`);
  }
}

async function readStream(
  stream: AsyncIterable<Uint8Array | string>,
  limitBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    chunks.push(bytes);
    length += bytes.length;
    if (length > limitBytes) break;
  }
  return Buffer.concat(chunks);
}

/**
 * Writes a file atomically: to a temporary file in the same directory, which is then renamed. Symbolic links
 * are followed, and an existing file keeps its owner and mode. A file that is not regular (a terminal, a pipe)
 * is written directly.
 */
export function writeAtomically(path: string, text: string): void {
  try {
    const existing = statSync(path, { throwIfNoEntry: false });
    if (existing && !existing.isFile()) {
      writeFileSync(path, text);
      return;
    }
    const target = existing ? realpathSync(path) : path;
    const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
    try {
      const descriptor = openSync(temporary, 'wx', 0o666);
      try {
        writeFileSync(descriptor, text);
        if (existing) keepOwnerAndMode(descriptor, existing);
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
      renameSync(temporary, target);
    } catch (error) {
      removeQuietly(temporary);
      throw error;
    }
  } catch (error) {
    throw new FileError(`cannot write ${path}: ${reasonOf(error)}`);
  }
}

/** The owner first: chown clears the set-id bits of the mode. */
function keepOwnerAndMode(descriptor: number, { uid, gid, mode }: Stats): void {
  const own = fstatSync(descriptor);
  if (own.uid !== uid || own.gid !== gid) fchownSync(descriptor, uid, gid);
  fchmodSync(descriptor, mode & 0o7777);
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It does not exist.
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
  ENOSPC: 'no space left on device',
  EROFS: 'read-only file system',
};

/** The reason of a system error. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return reasons[code] ?? (error instanceof Error ? error.message : String(error));
}

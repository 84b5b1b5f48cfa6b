/** The cache for what is expensive to build: outside of the repository, one folder for each key. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** `$XDG_CACHE_HOME/virt2xen/lab`. It can be deleted whenever no lab is running. */
export const cacheDirectory = (): string =>
  join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'virt2xen', 'lab');

/** The key of what is built from these texts; it differs if one of them differs. */
export const keyOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);

/**
 * Creates a folder once. Other processes wait meanwhile; if one is interrupted, the next one gets the lock, because
 * flock(1) holds it only as long as its process runs.
 *
 * @param name its name in the cache
 * @param command creates the contents in the folder that is its last argument; it runs as root, as required by
 *   debootstrap
 * @returns the folder
 * @throws if the command fails
 */
export async function madeOnce(name: string, command: readonly string[]): Promise<string> {
  const folder = join(cacheDirectory(), name);
  if (existsSync(folder)) return folder;
  mkdirSync(cacheDirectory(), { recursive: true });
  // A folder gets its name only when it is complete.
  const script = `
    set -e
    [ ! -e "$1" ] || exit 0
    rm -rf --one-file-system "$1.partial"
    mkdir "$1.partial"
    folder=$1
    shift
    "$@" "$folder.partial"
    mv "$folder.partial" "$folder"`;
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo'];
  const words = [...asRoot, 'flock', `${folder}.lock`, 'sh', '-c', script, 'sh', folder, ...command];
  const child = spawn('env', words, { stdio: 'inherit' });
  const [status] = (await once(child, 'close')) as [number | null];
  if (status !== 0) throw new Error(`${folder} could not be made, see above`);
  return folder;
}

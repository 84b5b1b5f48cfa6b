/** Where what is heavy to make is kept: outside the repository, one folder for each key. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** `$XDG_CACHE_HOME/virt2xen/lab`. All of it can be deleted at any time while no lab runs. */
export const cacheDirectory = (): string =>
  join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'virt2xen', 'lab');

/** Names what is made from all of these, and changes with each of them. */
export const keyOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);

/**
 * Makes a folder once. Who comes while another makes it waits; whoever is interrupted leaves the
 * lock to the next, for flock(1) holds it no longer than the process lives.
 *
 * @param name its name in the cache
 * @param command makes the contents in a folder, which is its last argument; it runs as root, for what
 *   debootstrap makes is root's
 * @returns the folder
 * @throws if the command fails
 */
export async function madeOnce(name: string, command: readonly string[]): Promise<string> {
  const folder = join(cacheDirectory(), name);
  if (existsSync(folder)) return folder;
  mkdirSync(cacheDirectory(), { recursive: true });
  // A name is there only when all of its contents are.
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

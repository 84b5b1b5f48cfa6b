import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { RealizeError } from '../error.js';

/*
 * Node has no file locks. flock(1) holds this one, and lets go when the pipe to it closes: when the
 * program that asked for it ends, however it ends. The lock is on the directory itself, so nothing is
 * left of it; a directory that was removed while somebody waited for it is no longer the right one.
 */
const script = `
exec 9<"$1" || exit 76
flock --exclusive --timeout "$2" 9 || exit 75
[ "$1" -ef /proc/self/fd/9 ] || exit 76
echo held
exec cat
`;
const taken = 75;
const replaced = 76;

/** Held until it is disposed of, or this program ends. */
export type Lock = AsyncDisposable;

/**
 * Makes a directory that only this user may enter, and locks it. Whoever else wants it waits.
 * @throws RealizeError `busy` if another has it for that long
 */
export async function lockDirectory(directory: string, waitSeconds: number): Promise<Lock> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const lock = await tryLock(directory, waitSeconds);
    if (lock !== replaced) return lock;
  }
  throw new RealizeError('busy', `${directory} is made and removed all the time by others`);
}

async function tryLock(directory: string, waitSeconds: number): Promise<Lock | typeof replaced> {
  const child = spawn('/bin/sh', ['-c', script, 'sh', directory, String(waitSeconds)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: '/',
    // A terminal's Ctrl-C is for who asked for the lock, and lets go of it when it is done.
    detached: true,
  });
  const ended = new Promise<number | string>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (status, signal) => resolve(status ?? signal ?? ''));
  });
  const held = new Promise<'held'>((resolve) => child.stdout.once('data', () => resolve('held')));
  const outcome = await Promise.race([held, ended]);
  if (outcome === 'held') {
    return {
      async [Symbol.asyncDispose]() {
        child.stdin.end();
        await ended;
      },
    };
  }
  if (outcome === replaced) return replaced;
  if (outcome !== taken) throw new RealizeError('busy', `flock could not lock ${directory} (${outcome})`);
  throw new RealizeError('busy', `another virt2xen works on this domain (${directory} is locked)`);
}

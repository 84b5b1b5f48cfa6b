import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { RealizeError } from '../error.js';

/*
 * Node has no file locks. flock(1) holds the lock and releases it when its stdin closes, that is, when this
 * process exits for whatever reason. The directory itself is locked, so there is no lock file to remove; the
 * script checks that the directory was not replaced while it waited.
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

/** Held until it is disposed or this process exits. */
export type Lock = AsyncDisposable;

/**
 * Creates a directory with mode 0700 and locks it.
 * @throws RealizeError `busy` if another process still holds the lock after `waitSeconds`
 */
export async function lockDirectory(directory: string, waitSeconds: number): Promise<Lock> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const lock = await tryLock(directory, waitSeconds);
    if (lock !== replaced) return lock;
  }
  throw new RealizeError('busy', `cannot lock ${directory}: other processes keep replacing it`);
}

async function tryLock(directory: string, waitSeconds: number): Promise<Lock | typeof replaced> {
  const child = spawn('/bin/sh', ['-c', script, 'sh', directory, String(waitSeconds)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: '/',
    // Ctrl-C must not reach flock before this process has released the lock.
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
  if (outcome !== taken)
    throw new RealizeError('busy', `cannot lock ${directory}: flock failed (${outcome})`);
  throw new RealizeError('busy', `another virt2xen process holds the lock of this domain (${directory})`);
}

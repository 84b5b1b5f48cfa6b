import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, lstat, mkdir, open, readFile, rmdir, unlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { withQmp } from '../qmp/client.js';
import { queryStatus, quit } from '../qmp/commands.js';
import { QmpError } from '../qmp/error.js';
import type { SocketAccess } from './access.js';
import { pidFileOf, qemuArguments, qmpSocketOf, type QemuCommand } from './argv.js';
import type { QemuBinary } from './binary.js';
import { QemuError, systemCode } from './error.js';
import { listensAtPath } from './hotplug.js';
import { runningQemu, signal, waitForEnd, type RunningQemu } from './pid.js';
import { privateSocket, removeDeadSocket, type PrivateSocket } from './socket.js';

export interface StartOptions {
  /** For every listening socket of a chardev. */
  readonly access: SocketAccess;
  /** QEMU's output is appended to it. */
  readonly logFile: string;
  /** QEMU's environment (default: that of this program). */
  readonly environment?: NodeJS.ProcessEnv;
  /** How long QEMU may take to answer (default: 30 seconds). */
  readonly readyTimeoutMs?: number;
}

export interface StartedQemu {
  readonly pid: number;
  /** How it exited: `exit status 1`, `signal SIGKILL`. */
  readonly exited: Promise<string>;
}

const pollMs = 50;

/**
 * Starts our own QEMU and waits until it answers. It runs in its own session and outlives this program. Its umask
 * denies other users access to the files and sockets that it creates.
 *
 * @throws QemuError `running` if one runs in that directory; `start` with the end of its log if it exits or does
 *   not answer in time; `socket`. Nothing of it remains then.
 */
export async function startQemu(
  binary: QemuBinary,
  command: QemuCommand,
  options: StartOptions,
): Promise<StartedQemu> {
  const { directory } = command;
  await makePrivate(directory);
  const earlier = await runningQemu(directory);
  if (earlier)
    throw new QemuError('running', `a QEMU (pid ${earlier.pid}) is already running in ${directory}`);
  const sockets: PrivateSocket[] = [];
  let child: Child | undefined;
  try {
    const chardevs = [];
    for (const { id, chardev } of command.chardevs) {
      if (!listensAtPath(chardev)) {
        chardevs.push({ id, chardev });
        continue;
      }
      const socket = await privateSocket(chardev.path);
      sockets.push(socket);
      chardevs.push({ id, chardev: { ...chardev, path: socket.bindPath } });
    }
    child = await launch(binary, qemuArguments({ ...command, chardevs }, binary.version), options);
    await ready(child, directory, options);
    for (const socket of sockets) await socket.publish(options.access);
    child.process.unref();
    return { pid: child.pid, exited: child.exited };
  } catch (error) {
    if (child) await end(child);
    for (const socket of sockets) await socket.discard();
    await stopQemu(command);
    throw error;
  }
}

/** A user that can enter the directory can use the monitor, with all of QEMU's permissions. */
async function makePrivate(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const status = await lstat(directory);
  if (!status.isDirectory() || status.uid !== process.geteuid?.()) {
    throw new QemuError('start', `${directory} is not a directory owned by this user`);
  }
  await chmod(directory, 0o700);
}

export interface StopOptions {
  /**
   * Kill it without a request to quit. A QEMU 10 that quits removes the keys of the consoles; one that is killed
   * does not, and the next one can serve the running guest.
   */
  readonly abruptly?: boolean;
  /** The timeout of each step: QMP's quit, SIGTERM, SIGKILL (default: 5 seconds). */
  readonly timeoutMs?: number;
}

/**
 * Stops the QEMU that runs in a directory, whichever program started it, and removes what it leaves behind: its
 * directory and the sockets of its chardevs. If none runs, it only removes these.
 *
 * @throws QemuError `stop` if it survives SIGKILL: the kernel blocks it
 */
export async function stopQemu(
  { directory, chardevs }: Pick<QemuCommand, 'directory' | 'chardevs'>,
  options: StopOptions = {},
): Promise<void> {
  const qemu = await runningQemu(directory);
  if (qemu) await endQemu(qemu, directory, options);
  for (const { chardev } of chardevs) if (listensAtPath(chardev)) await removeDeadSocket(chardev.path);
  for (const file of [pidFileOf(directory), qmpSocketOf(directory)]) await unlink(file).catch(ignoreAbsence);
  await rmdir(directory).catch(ignoreAbsence);
}

async function endQemu(qemu: RunningQemu, directory: string, options: StopOptions): Promise<void> {
  const { abruptly = false, timeoutMs = 5000 } = options;
  if (!abruptly) {
    const asked = await ask(directory, timeoutMs);
    if (asked && (await waitForEnd(qemu, timeoutMs))) return;
    await signal(qemu, 'SIGTERM');
    if (await waitForEnd(qemu, timeoutMs)) return;
  }
  await signal(qemu, 'SIGKILL');
  if (await waitForEnd(qemu, timeoutMs)) return;
  throw new QemuError('stop', `QEMU (pid ${qemu.pid}) did not exit after SIGKILL`);
}

/** @returns whether QEMU received it */
async function ask(directory: string, timeoutMs: number): Promise<boolean> {
  try {
    await withQmp(qmpSocketOf(directory), async (qmp) => qmp.execute(quit), { timeoutMs });
    return true;
  } catch (error) {
    if (!(error instanceof QmpError)) throw error;
    return error.failure === 'closed';
  }
}

interface Child {
  readonly pid: number;
  readonly process: ChildProcess;
  readonly exited: Promise<string>;
  /** The offset of its part of the log, in bytes. */
  readonly logStart: number;
}

/** Node cannot set the umask of a child; a shell can, and then execs the program. */
const withUmask = 'umask 0177 && exec "$@"';

async function launch(binary: QemuBinary, args: readonly string[], options: StartOptions): Promise<Child> {
  const log = await open(options.logFile, 'a', 0o600);
  try {
    const logStart = (await log.stat()).size;
    const child = spawn('/bin/sh', ['-c', withUmask, 'sh', binary.path, ...args], {
      cwd: '/',
      detached: true,
      env: options.environment ?? process.env,
      stdio: ['ignore', log.fd, log.fd],
    });
    const exited = new Promise<string>((resolve) => {
      child.on('exit', (status, name) =>
        resolve(name === null ? `exit status ${String(status)}` : `signal ${name}`),
      );
    });
    await new Promise((resolve, reject) => {
      child.on('spawn', resolve);
      child.on('error', reject);
    });
    return { pid: child.pid ?? 0, process: child, exited, logStart };
  } finally {
    await log.close();
  }
}

/** How much of the log an error contains. */
const tailLength = 2000;

/** A QEMU that answers has created its machine and its chardevs. */
async function ready(child: Child, directory: string, options: StartOptions): Promise<void> {
  const { logFile, readyTimeoutMs = 30_000 } = options;
  const abort = new AbortController();
  let ended: string | undefined;
  void child.exited.then((how) => {
    ended = how;
    abort.abort();
  });
  const fail = async (what: string): Promise<never> => {
    const said = (await readFile(logFile)).subarray(child.logStart).toString().slice(-tailLength).trim();
    throw new QemuError('start', `QEMU ${what}${said === '' ? '' : `:\n${said}`}\n(log: ${logFile})`);
  };
  const deadline = performance.now() + readyTimeoutMs;
  for (;;) {
    if (ended !== undefined) return await fail(`exited with ${ended}`);
    const timeoutMs = deadline - performance.now();
    if (timeoutMs <= 0) return await fail(`did not answer within ${readyTimeoutMs} ms`);
    try {
      await withQmp(qmpSocketOf(directory), async (qmp) => qmp.execute(queryStatus), { timeoutMs });
      return;
    } catch (error) {
      if (!(error instanceof QmpError)) throw error;
    }
    await sleep(pollMs, undefined, { signal: abort.signal }).catch(() => undefined);
  }
}

/** Stops one that failed to start; it has no data that could be lost. */
async function end(child: Child): Promise<void> {
  if (child.process.exitCode === null && child.process.signalCode === null) child.process.kill('SIGKILL');
  await child.exited;
}

function ignoreAbsence(error: unknown): void {
  if (!['ENOENT', 'ENOTEMPTY'].includes(systemCode(error))) throw error;
}

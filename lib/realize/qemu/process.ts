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
  /** Of every socket on which a chardev listens. */
  readonly access: SocketAccess;
  /** Gets what QEMU prints, after what is there already. */
  readonly logFile: string;
  /** QEMU's environment; this program's own if absent. */
  readonly environment?: NodeJS.ProcessEnv;
  /** How long QEMU may take to answer; 30 seconds if absent. */
  readonly readyTimeoutMs?: number;
}

export interface StartedQemu {
  readonly pid: number;
  /** How it ended: `exit status 1`, `signal SIGKILL`. */
  readonly exited: Promise<string>;
}

const pollMs = 50;

/**
 * Starts a QEMU of our own and waits until it answers. It runs in a session of its own and outlives this
 * program. Its umask lets nobody else at the files and sockets that it makes.
 *
 * @throws QemuError `running` if one runs in that directory; `start` with the end of its log if it ends
 *   or does not answer in time; `socket`. Nothing of it is left then.
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

/** Whoever can enter the directory can use the monitor, and so do what QEMU may do. */
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
   * Kill it without asking. A QEMU 10 that ends by itself takes the consoles' keys with it; one that is
   * killed leaves them, and the next can serve the running guest.
   */
  readonly abruptly?: boolean;
  /** How long each means may take: QMP's quit, SIGTERM, SIGKILL; 5 seconds if absent. */
  readonly timeoutMs?: number;
}

/**
 * Ends the QEMU that runs in a directory, whoever started it, and removes what it leaves behind: its
 * directory and the sockets of its chardevs. Without one running, only the removing is done.
 *
 * @throws QemuError `stop` if it survives SIGKILL: the kernel holds it
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

/** @returns whether QEMU heard it */
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
  /** Where in the log its part begins, in bytes. */
  readonly logStart: number;
}

/** Node cannot set a child's umask; a shell can, and then becomes the program. */
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

/** How much of the log an error tells. */
const tailLength = 2000;

/** A QEMU that answers has made its machine and its chardevs. */
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

/** Ends one that did not come up; it has no work that could be lost. */
async function end(child: Child): Promise<void> {
  if (child.process.exitCode === null && child.process.signalCode === null) child.process.kill('SIGKILL');
  await child.exited;
}

function ignoreAbsence(error: unknown): void {
  if (!['ENOENT', 'ENOTEMPTY'].includes(systemCode(error))) throw error;
}

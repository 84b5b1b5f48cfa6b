import { readFile, readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { pidFileOf } from './argv.js';
import { systemCode } from './error.js';

/** A process, distinguished from a later one with the same process ID. */
export interface RunningQemu {
  readonly pid: number;
  /** In clock ticks since the machine's start (proc(5), stat: starttime). */
  readonly startTime: string;
}

const pollMs = 20;

/**
 * The QEMU that runs in a directory. A PID file can be older than the process that has its ID now: ours is one
 * whose arguments name that file.
 */
export async function runningQemu(directory: string): Promise<RunningQemu | undefined> {
  const file = pidFileOf(directory);
  const pid = Number(await readIfThere(file));
  return Number.isInteger(pid) && pid > 1 ? await ifItNames(file, pid) : undefined;
}

/**
 * The QEMUs that were started for a directory, found by the command lines of all processes: the PID file does not
 * contain one that is just starting while the program that started it was killed.
 */
export async function startedQemus(directory: string): Promise<readonly RunningQemu[]> {
  const file = pidFileOf(directory);
  const pids = (await readdir('/proc')).filter((name) => /^[0-9]+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map((pid) => ifItNames(file, pid)));
  return found.filter((qemu) => qemu !== undefined);
}

async function ifItNames(pidFile: string, pid: number): Promise<RunningQemu | undefined> {
  const words = (await readIfThere(`/proc/${pid}/cmdline`)).split('\0');
  const isOurs = words.some((word, index) => word === '-pidfile' && words[index + 1] === pidFile);
  const startTime = isOurs ? await startTimeOf(pid) : undefined;
  return startTime === undefined ? undefined : { pid, startTime };
}

/** Sends a signal, unless the process has exited. */
export async function signal(qemu: RunningQemu, name: NodeJS.Signals): Promise<void> {
  if (!(await isAlive(qemu))) return;
  try {
    process.kill(qemu.pid, name);
  } catch (error) {
    if (systemCode(error) !== 'ESRCH') throw error;
  }
}

/** @returns whether the process has exited in time */
export async function waitForEnd(qemu: RunningQemu, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (await isAlive(qemu)) {
    if (performance.now() > deadline) return false;
    await sleep(pollMs);
  }
  return true;
}

const isAlive = async ({ pid, startTime }: RunningQemu): Promise<boolean> =>
  (await startTimeOf(pid)) === startTime;

/** @returns undefined for a process that has exited, or is a zombie */
async function startTimeOf(pid: number): Promise<string | undefined> {
  const stat = await readIfThere(`/proc/${pid}/stat`);
  // The name, in parentheses, can contain anything; the state follows it, starttime 19 fields later.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const isDead = fields[0] === 'Z' || fields[0] === 'X';
  // The first thread can be dead while others still hold the sockets of the process.
  return isDead && !(await hasMoreThreads(pid)) ? undefined : fields[19];
}

const hasMoreThreads = async (pid: number): Promise<boolean> =>
  (await readdir(`/proc/${pid}/task`).catch(() => [])).length > 1;

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(systemCode(error))) return '';
    throw error;
  }
}

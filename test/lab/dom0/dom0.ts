/**
 * dom0 for a scenario: commands over one shared ssh connection (see machine/ssh.ts).
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { defaultLimitMs, receive, type Received } from './received.js';

/** A script for the shell of dom0, or the words of a command without quoting. */
export type Command = string | readonly string[];

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string | Buffer;
  /** The time after which the command is stopped and `run` throws. */
  readonly limitMs?: number;
}

/** A command that runs in dom0 in the background. */
export interface Process {
  readonly stdout: Received;
  readonly stderr: Received;
  readonly write: (bytes: string | Buffer) => void;
  /** Closes its standard input. */
  readonly end: () => void;
  /** Its exit status; 255, from ssh, if a signal terminated it. */
  readonly exited: Promise<number>;
  /** Signals it and its children, and waits for its exit. */
  readonly stop: (signal?: 'TERM' | 'KILL' | 'INT' | 'HUP') => Promise<void>;
}

export interface Dom0 {
  /** Runs a command and returns its result, whatever its exit status. */
  readonly attempt: (command: Command, options?: RunOptions) => Promise<Outcome>;
  /**
   * Runs a command that must succeed.
   * @returns its standard output, without the last newline
   * @throws with its output if the exit status is not 0
   */
  readonly run: (command: Command, options?: RunOptions) => Promise<string>;
  readonly start: (command: Command) => Process;
  /** A client of a Unix socket in dom0. */
  readonly connect: (socket: string) => Process;
  readonly write: (path: string, content: string | Buffer) => Promise<void>;
  readonly read: (path: string) => Promise<string>;
  /** Copies a file or folder of the host into a folder of dom0. */
  readonly copyIn: (from: string, folder: string) => Promise<void>;
  /** Copies a file or folder of dom0 into a folder of the host. */
  readonly copyOut: (from: string, folder: string) => Promise<void>;
  /** Stops what `start` and `connect` have started. */
  readonly stopAll: () => Promise<void>;
}

/** @param sshConfig the ssh configuration for dom0 */
export function connectDom0(sshConfig: string): Dom0 {
  const running = new Set<Process>();
  let count = 0;

  function start(command: Command): Process {
    // Without a shell in between, the program receives the signals, and its exit status is that of the command.
    const script = typeof command === 'string' ? command : `exec ${command.map(quote).join(' ')}`;
    // sshd starts each command in its own session, so the process ID of the shell is that of the group.
    const pidFile = `/run/pids/${process.pid}-${(count += 1)}`;
    const child = spawn('ssh', ['-F', sshConfig, 'dom0', `echo $$ >${pidFile}; exec sh -c ${quote(script)}`]);
    const signalGroup = (signal: string) => attempt(`kill -s ${signal} -- -$(cat ${pidFile})`);
    const stdout = receive(child.stdout, `the output of ${script}`);
    const stderr = receive(child.stderr, `the error output of ${script}`);
    child.stdin.on('error', () => undefined); // The command has exited; its status is reported.
    const exited = once(child, 'close').then(([status]) => Number(status ?? 255));
    const started: Process = {
      stdout,
      stderr,
      write: (bytes) => void child.stdin.write(bytes),
      end: () => void child.stdin.end(),
      exited,
      stop: async (signal = 'TERM') => {
        if (!running.has(started)) return;
        await signalGroup(signal);
        if (await within(20_000, exited)) return;
        await signalGroup('KILL');
        if (await within(5000, exited)) return;
        // Unreachable, possibly like dom0; the shared connection would keep its streams open.
        child.kill();
        for (const stream of child.stdio) stream?.destroy();
      },
    };
    running.add(started);
    void exited.then(() => running.delete(started));
    return started;
  }

  async function attempt(command: Command, options: RunOptions = {}): Promise<Outcome> {
    const { input = '', limitMs = defaultLimitMs } = options;
    const started = start(command);
    started.write(input);
    started.end();
    if (!(await within(limitMs, started.exited))) {
      await started.stop();
      throw new Error(`${describe(command)} is not done after ${limitMs / 1000} s: ${said(started)}`);
    }
    return { status: await started.exited, stdout: started.stdout.text(), stderr: started.stderr.text() };
  }

  async function run(command: Command, options?: RunOptions): Promise<string> {
    const { status, stdout, stderr } = await attempt(command, options);
    if (status === 0) return stdout.replace(/\n$/, '');
    throw new Error(`${describe(command)} ended with status ${status}\n${stderr}${stdout}`);
  }

  async function copy(from: string, to: string): Promise<void> {
    await promisify(execFile)('scp', ['-F', sshConfig, '-q', '-r', from, to], { timeout: defaultLimitMs });
  }

  return {
    attempt,
    run,
    start,
    connect: (socket) => start(['socat', '-', `UNIX-CONNECT:${socket}`]),
    write: async (path, content) => {
      await run(`mkdir -p "$(dirname ${quote(path)})" && cat >${quote(path)}`, { input: content });
    },
    read: async (path) => `${await run(['cat', path])}\n`,
    copyIn: (from, folder) => copy(from, `dom0:${folder}`),
    copyOut: (from, folder) => copy(`dom0:${from}`, folder),
    stopAll: async () => {
      await Promise.all([...running].map((started) => started.stop()));
    },
  };
}

/** Polls for a condition. */
export async function waitFor<T>(
  what: string,
  look: () => Promise<T | undefined>,
  limitMs = defaultLimitMs,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`no ${what} after ${limitMs / 1000} s`);
    await sleep(300);
  }
}

export const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** @returns whether the promise was settled before the limit */
export async function within(limitMs: number, promise: Promise<unknown>): Promise<boolean> {
  const limit = new AbortController();
  const late = sleep(limitMs, false, { signal: limit.signal }).catch(() => false);
  const isSettled = await Promise.race([promise.then(() => true), late]);
  limit.abort();
  return isSettled;
}

const describe = (command: Command): string => (typeof command === 'string' ? command : command.join(' '));
const said = ({ stdout, stderr }: Process): string => stderr.text() + stdout.text();

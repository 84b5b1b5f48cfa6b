/**
 * dom0, for a scenario: commands over one ssh connection that all of them share (see machine/ssh.ts).
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { defaultLimitMs, receive, type Received } from './received.js';

/** A script for dom0's shell, or the words of a command, which need no quotes then. */
export type Command = string | readonly string[];

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string | Buffer;
  /** The command is stopped then, and `run` throws. */
  readonly limitMs?: number;
}

/** A command that runs in dom0 while the scenario goes on. */
export interface Process {
  readonly stdout: Received;
  readonly stderr: Received;
  readonly write: (bytes: string | Buffer) => void;
  /** Ends its input. */
  readonly end: () => void;
  /** Its exit status; 255, which is ssh's, where a signal ended it. */
  readonly exited: Promise<number>;
  /** Signals it and what it started, and waits for its end. */
  readonly stop: (signal?: 'TERM' | 'KILL' | 'INT' | 'HUP') => Promise<void>;
}

export interface Dom0 {
  /** Runs a command and gives what came of it, whatever its status. */
  readonly attempt: (command: Command, options?: RunOptions) => Promise<Outcome>;
  /**
   * Runs a command that has to succeed.
   * @returns its standard output, without the last end of line
   * @throws if its status is not 0, with what it said
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
  /** Stops what `start` and `connect` left running. */
  readonly stopAll: () => Promise<void>;
}

/** @param sshConfig the file that says where dom0 is */
export function connectDom0(sshConfig: string): Dom0 {
  const running = new Set<Process>();
  let count = 0;

  function start(command: Command): Process {
    // Without a shell of its own, a program gets the signals, and its exit status is the command's.
    const script = typeof command === 'string' ? command : `exec ${command.map(quote).join(' ')}`;
    // sshd gives each command a session of its own, so the shell's id is that of the whole group.
    const pidFile = `/run/pids/${process.pid}-${(count += 1)}`;
    const child = spawn('ssh', ['-F', sshConfig, 'dom0', `echo $$ >${pidFile}; exec sh -c ${quote(script)}`]);
    const signalGroup = (signal: string) => attempt(`kill -s ${signal} -- -$(cat ${pidFile})`);
    const stdout = receive(child.stdout, `the output of ${script}`);
    const stderr = receive(child.stderr, `the error output of ${script}`);
    child.stdin.on('error', () => undefined); // The command has ended; its status says how.
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
        // Out of reach, with dom0 perhaps; the shared connection would hold its streams open.
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

/** For a condition that nothing announces. */
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

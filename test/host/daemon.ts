import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

/** The time for a daemon to start or exit on a busy machine. */
const limitMs = 15_000;

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A program that runs in the background during a test. */
export class Daemon implements AsyncDisposable {
  readonly #child: ChildProcess;
  /** Its standard output and standard error. */
  output = '';

  constructor(program: string, args: readonly string[], environment: Readonly<Record<string, string>>) {
    this.#child = spawn(program, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(this.#child);
    this.#child.on('exit', () => running.delete(this.#child));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(`it did not start: ${this.output}`);
    return this.#child.pid;
  }

  get hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** @throws with the daemon's output if it exits or is not ready in time */
  async isReady(ready: () => Promise<boolean> | boolean): Promise<void> {
    const until = Date.now() + limitMs;
    while (!(await ready())) {
      if (this.hasExited || Date.now() > until) {
        const why = this.hasExited ? 'has ended' : 'is not ready in time';
        throw new Error(`${this.#child.spawnfile} ${why}: ${this.output}`);
      }
      await delay(10);
    }
  }

  /** Sends a signal, and waits for the exit. A daemon that does not exit is killed. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.hasExited) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill(signal);
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), limitMs);
    await ended;
    clearTimeout(kill);
  }

  /** Suspends it: it does not answer, and its sockets stay open. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGKILL');
  }
}

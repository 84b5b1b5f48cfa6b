/**
 * Debian's qemu-ga of both suites, that of the labs' guests, on a Unix socket and in namespaces of its own: see
 * namespace.sh.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { imageOf } from '../../lab/image/image.js';
import { suites, type Suite } from '../../lab/suites.js';
import { missing } from '../../requirements.js';
import { Daemon } from '../daemon.js';

export { suites };

const isolate = fileURLToPath(new URL('namespace.sh', import.meta.url));
const programs = ['debootstrap', 'cpio', 'unshare', 'setpriv'];

const startLimitMs = 120_000;

/** A tmpfs: the agent does not freeze it. */
const shared = '/dev/shm';

/**
 * The programs of a lab's guest; they are built if they are not in the cache.
 * @returns nothing if they cannot run here, which was printed then
 * @throws if they cannot run and the environment says that they must
 */
export async function findGuest(suite: Suite): Promise<string | undefined> {
  const absent = programs.find((program) => !isInstalled(program));
  const isRoot = process.getuid?.() === 0;
  if (absent === undefined && isRoot) return (await imageOf(suite)).guest;
  const why = absent === undefined ? 'only root can isolate it' : `there is no ${absent}`;
  missing('qemu-ga', 'debootstrap, cpio, util-linux', why);
  return undefined;
}

const isInstalled = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((directory) => existsSync(join(directory, program)));

/** An agent that runs. */
export class RunningAgent implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(shared, 'v2x-agent-'));
  readonly #guest: string;
  #daemon: Daemon;
  /** Where it listens. */
  readonly socket = join(this.#folder, 'shared', 'agent');

  private constructor(guest: string, options: readonly string[]) {
    this.#guest = guest;
    this.#daemon = this.#start(options);
  }

  static async start(guest: string, options: readonly string[] = []): Promise<RunningAgent> {
    const agent = new RunningAgent(guest, options);
    await agent.#isReady();
    return agent;
  }

  #start(options: readonly string[]): Daemon {
    for (const name of ['scratch', 'shared']) mkdirSync(join(this.#folder, name), { recursive: true });
    const own = ['--mount', '--pid', '--uts', '--ipc', '--fork', '--kill-child'];
    const folders = [this.#guest, join(this.#folder, 'scratch'), join(this.#folder, 'shared')];
    return new Daemon('unshare', [...own, 'sh', isolate, ...folders, ...options], {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      LC_ALL: 'C',
    });
  }

  /** The programs are unpacked first, which takes a while on a busy machine. */
  async #isReady(): Promise<void> {
    const until = Date.now() + startLimitMs;
    while (!existsSync(this.socket) && !this.#daemon.hasExited && Date.now() < until) await delay(20);
    await this.#daemon.isReady(() => existsSync(this.socket));
  }

  /** Kills it where it is. */
  async kill(): Promise<void> {
    await this.#daemon.stop('SIGKILL');
  }

  async restart(options: readonly string[] = []): Promise<void> {
    await this.kill();
    rmSync(this.socket, { force: true });
    this.#daemon = this.#start(options);
    await this.#isReady();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

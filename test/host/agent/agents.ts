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
const programs = ['debootstrap', 'cpio', 'unshare', 'setpriv', 'socat'];

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
  missing('qemu-ga', 'debootstrap, cpio, util-linux, socat', why);
  return undefined;
}

const isInstalled = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((directory) => existsSync(join(directory, program)));

const environment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/** An agent that runs. */
export class RunningAgent implements AsyncDisposable {
  readonly #folder: string;
  readonly #guest: string;
  readonly #terminal: Daemon | undefined;
  #daemon: Daemon;
  /** Where it listens. */
  readonly socket: string;

  private constructor(guest: string, folder: string, options: readonly string[], terminal?: Daemon) {
    this.#guest = guest;
    this.#folder = folder;
    this.#terminal = terminal;
    this.socket = socketIn(folder);
    this.#daemon = this.#start(options);
  }

  static async start(guest: string, options: readonly string[] = []): Promise<RunningAgent> {
    const agent = new RunningAgent(guest, newFolder(), options);
    await agent.#isReady();
    return agent;
  }

  /** The agent of a character device: a terminal, which one client can reach through the socket, once. */
  static async onTerminal(guest: string): Promise<RunningAgent> {
    const folder = newFolder();
    const [link, socket] = [join(folder, 'shared', 'tty'), socketIn(folder)];
    const ends = [`PTY,raw,echo=0,link=${link}`, `UNIX-LISTEN:${socket}`];
    const terminal = new Daemon('socat', ends, environment);
    await terminal.isReady(() => existsSync(link) && existsSync(socket));
    return new RunningAgent(guest, folder, [], terminal);
  }

  #start(options: readonly string[]): Daemon {
    const own = ['--mount', '--pid', '--uts', '--ipc', '--fork', '--kill-child'];
    const folders = [this.#guest, join(this.#folder, 'scratch'), join(this.#folder, 'shared')];
    return new Daemon('unshare', [...own, 'sh', isolate, ...folders, ...options], environment);
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
    await this.#terminal?.stop('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function newFolder(): string {
  const folder = mkdtempSync(join(shared, 'v2x-agent-'));
  for (const name of ['scratch', 'shared']) mkdirSync(join(folder, name));
  return folder;
}

const socketIn = (folder: string): string => join(folder, 'shared', 'agent');

import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Daemon } from './daemon.js';
import type { Programs } from './programs.js';

export type StoreDaemon = 'xenstored' | 'oxenstored';

/** A dom0 for one test: a directory, a xenstored, and other programs that are started in it. */
export class Dom0 implements AsyncDisposable {
  readonly #programs: Programs;
  /** Contains sockets; its path is short, because that of a socket has at most 107 bytes. */
  readonly directory = mkdtempSync(join(tmpdir(), 'v2x-'));
  /** The state of the hypervisor, as stored by without-xen.c. */
  readonly machine = join(this.directory, 'xen');
  /** The socket of xenstored. */
  readonly socket = join(this.machine, 'socket');
  readonly #daemons: Daemon[] = [];
  #store: Daemon | undefined;

  private constructor(programs: Programs) {
    this.#programs = programs;
    mkdirSync(this.machine);
    // The port and the page of the ring of dom0.
    writeFileSync(join(this.machine, 'xsd_port'), '1');
    writeFileSync(join(this.machine, 'xsd_kva'), new Uint8Array(4096));
  }

  /** Starts a xenstored, and waits until it accepts connections. */
  static async start(programs: Programs, daemon: StoreDaemon = 'xenstored'): Promise<Dom0> {
    const dom0 = new Dom0(programs);
    await dom0.startStore(daemon);
    return dom0;
  }

  /** Starts a xenstored; its store is empty. */
  async startStore(daemon: StoreDaemon = 'xenstored'): Promise<Daemon> {
    const args = daemon === 'xenstored' ? ['-N'] : ['--no-fork'];
    const pidFile = ['--pid-file', join(this.directory, `${daemon}.pid`)];
    const started = this.run(this.#programs[daemon], [...args, ...pidFile]);
    this.#store = started;
    await started.isReady(() => takesConnections(this.socket));
    return started;
  }

  /** The xenstored that was started most recently. */
  get store(): Daemon {
    if (!this.#store) throw new Error('no xenstored was started');
    return this.#store;
  }

  /** Starts the QEMU that libxl would start, without waiting until it is ready. */
  startQemu(args: readonly string[]): Daemon {
    return this.run(this.#programs.qemu, args);
  }

  /** Starts a program that sees a dom0. */
  run(program: string, args: readonly string[]): Daemon {
    const daemon = new Daemon(program, args, this.environment);
    this.#daemons.push(daemon);
    return daemon;
  }

  get environment(): Readonly<Record<string, string>> {
    return {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      LC_ALL: 'C',
      LD_PRELOAD: this.#programs.preload,
      WITHOUT_XEN: this.machine,
      XENSTORED_RUNDIR: this.machine,
      XENSTORED_PATH: this.socket,
    };
  }

  /** Creates a domain in the hypervisor, without introducing it to xenstored. */
  createDomain(domid: number): void {
    writeFileSync(join(this.machine, `domain-${domid}`), '');
  }

  /** Creates a page of a domain's memory, filled with zeros. */
  createPage(domid: number, number: number): string {
    const path = join(this.machine, `page-${domid}-${number}`);
    copyFileSync(join(this.machine, 'xsd_kva'), path);
    return path;
  }

  /** Destroys a domain in the hypervisor, which reports it (VIRQ_DOM_EXC). */
  destroyDomain(domid: number): void {
    rmSync(join(this.machine, `domain-${domid}`));
    const [domidSelf, virqDomExc] = [0x7ff0, 3];
    const event = new Uint32Array([domidSelf, virqDomExc]);
    writeFileSync(join(this.machine, `virq-${virqDomExc}`), new Uint8Array(event.buffer), { flag: 'r+' });
  }

  /** Stops everything that was started, in reverse order, and removes the directory. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const daemon of this.#daemons.toReversed()) await daemon.stop('SIGKILL');
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function takesConnections(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => {
      resolve(false);
    });
  });
}

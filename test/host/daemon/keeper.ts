import { mkdirSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { Daemon, type DaemonSettings } from '../../../lib/daemon/daemon.js';
import type { DaemonEvent } from '../../../lib/daemon/events.js';
import type { Scene } from '../realize/scene.js';

/** A daemon that runs in this process. */
export class Keeper implements AsyncDisposable {
  readonly events: DaemonEvent[] = [];
  readonly daemon: Daemon;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  #happened: () => void = () => undefined;

  private constructor(
    settings: Omit<DaemonSettings, 'tell'>,
    ready: () => void,
    tell: DaemonSettings['tell'],
  ) {
    this.daemon = new Daemon({
      ...settings,
      tell: (event) => {
        this.events.push(event);
        this.#happened();
        tell(event);
      },
    });
    this.#ended = this.daemon.run(this.#stop.signal, ready);
    // A test can fail before it awaits the end.
    this.#ended.catch(() => undefined);
  }

  static async start(
    scene: Scene,
    given: Partial<DaemonSettings> = {},
    tell: DaemonSettings['tell'] = () => undefined,
  ): Promise<Keeper> {
    const documentDirectory = documentsOf(scene);
    mkdirSync(documentDirectory, { recursive: true });
    const { store: _store, ...host } = scene.host();
    return await new Promise((resolve) => {
      const settings = { storePath: scene.dom0.socket, host, documentDirectory, ...given };
      const keeper: Keeper = new Keeper(settings, () => resolve(keeper), tell);
    });
  }

  /** Waits until events happened that match, a number of times since the start. */
  async told(event: DaemonEvent['event'], times = 1): Promise<void> {
    while (this.events.filter((one) => one.event === event).length < times) {
      const next = new Promise<void>((resolve) => (this.#happened = resolve));
      const over = this.#ended.then(() => {
        throw new Error(`the daemon ended without ${event}: ${JSON.stringify(this.events)}`);
      });
      await Promise.race([next, over]);
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

export const documentsOf = (scene: Scene): string => join(scene.dom0.directory, 'd');

/** Writes a document with listening sockets, by the names of the channels. */
export function writeDocument(
  scene: Scene,
  channels: readonly string[],
  {
    file = 'guest.cfg',
    uuid,
    type = 'pv',
  }: { readonly file?: string; readonly uuid?: string; readonly type?: 'pv' | 'hvm' } = {},
): void {
  const entries = channels.map((name) => `"connection=socket,path=${join(scene.folder, name)},name=${name}"`);
  const identity = uuid === undefined ? '' : `uuid = "${uuid}"\n`;
  mkdirSync(documentsOf(scene), { recursive: true });
  writeFileSync(
    join(documentsOf(scene), file),
    `name = "guest"\n${identity}type = "${type}"\nkernel = "/k"\nchannel = [ ${entries.join(', ')} ]\n`,
  );
}

/** Forwards connections to xenstored, and can cut them. */
export class Cut implements AsyncDisposable {
  readonly path: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(scene: Scene) {
    this.path = join(scene.dom0.directory, 'cut');
    this.#server = createServer((near) => {
      const far = createConnection(scene.dom0.socket);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from);
        from
          .on('error', () => undefined)
          .on('close', () => {
            this.#sockets.delete(from);
            to.destroy();
          });
        from.pipe(to);
      }
    }).listen(this.path);
  }

  /** Cuts all connections. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

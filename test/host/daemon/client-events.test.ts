import { expect } from 'chai';
import { rmSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { ClientWatch } from '../../../lib/daemon/client-watch.js';
import { findSockets } from '../../../lib/daemon/control.js';
import type { DaemonEvent } from '../../../lib/daemon/events.js';
import { qemuDirectoryOf } from '../../../lib/realize/dom0/directory.js';
import { lookAtSockets } from '../../../lib/realize/host/serving.js';
import { startedQemus } from '../../../lib/realize/qemu/pid.js';
import { findPrograms } from '../programs.js';
import { Scene, uuid } from '../realize/scene.js';
import { documentsOf, Keeper, writeDocument } from './keeper.js';

/** With the real QEMU, xenstored and ss. */
describe('the daemon, with events of clients', () => {
  const programs = findPrograms();
  let scene: Scene;
  let stop: AbortController;
  let running: Promise<void>;
  let clients: Socket[];
  let told: string[];
  let happened: () => void;
  /** How often the sockets of the domain were found. */
  let finds: number;

  beforeEach(async function () {
    if (!programs) return this.skip();
    scene = await Scene.start(programs);
    [stop, clients, told, finds] = [new AbortController(), [], [], 0];
    happened = () => undefined;
  });
  afterEach(async () => {
    for (const client of clients) client.destroy();
    stop.abort();
    await running;
    for (const { pid } of await startedQemus(qemuDirectoryOf(join(scene.runtime, uuid))))
      process.kill(pid, 'SIGKILL');
    await scene[Symbol.asyncDispose]();
  });

  async function startDaemon(): Promise<Keeper> {
    const watch = new ClientWatch({
      domains: () => (keeper.daemon.isConnected ? keeper.daemon.connection.domains.all : []),
      socketsOf: (domain) => {
        finds += 1;
        return findSockets(keeper.daemon, domain);
      },
      lookAtSockets,
      everyMs: 50,
      tell: (event: DaemonEvent) => {
        if ('channel' in event) told.push(`${event.channel} ${event.event} ${event.domain.uuid}`);
        happened();
      },
    });
    const keeper: Keeper = await Keeper.start(scene, {}, watch.follow);
    running = watch.run(stop.signal);
    return keeper;
  }

  async function expectTold(...lines: readonly string[]): Promise<void> {
    while (told.length < lines.length) await new Promise<void>((resolve) => (happened = resolve));
    expect(told.splice(0)).to.deep.equal(lines.map((line) => `${line} ${uuid}`));
  }

  async function connect(channel: string): Promise<Socket> {
    const client = createConnection(join(scene.folder, channel));
    clients.push(client);
    await once(client, 'connect');
    return client;
  }

  it('reports those that connect and disconnect, of each channel', async () => {
    writeDocument(scene, ['agent', 'x']);
    await using keeper = await startDaemon();
    await keeper.told('channel-added', 2);
    const first = await connect('agent');
    await expectTold('agent client-connected');
    await connect('x');
    await expectTold('x client-connected');
    const findsBefore = finds;
    first.destroy();
    await expectTold('agent client-disconnected');
    expect(finds).to.equal(findsBefore);
  });

  it('reports those that were connected before it started', async () => {
    writeDocument(scene, ['agent']);
    const first = await startDaemon();
    await first.told('channel-added');
    await connect('agent');
    await expectTold('agent client-connected');
    stop.abort();
    await running;
    await first.stop();
    stop = new AbortController();
    await using _second = await startDaemon();
    await expectTold('agent client-connected');
  });

  it('reports the end of those whose channel is detached', async () => {
    writeDocument(scene, ['agent']);
    await using keeper = await startDaemon();
    await keeper.told('channel-added');
    await connect('agent');
    await expectTold('agent client-connected');
    rmSync(join(documentsOf(scene), 'guest.cfg'));
    await keeper.told('channel-removed');
    await expectTold('agent client-disconnected');
  });
});

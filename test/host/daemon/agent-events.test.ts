import { expect } from 'chai';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { AgentWatch } from '../../../lib/daemon/agent-watch.js';
import { findAgentSocket } from '../../../lib/daemon/control.js';
import type { DaemonEvent } from '../../../lib/daemon/events.js';
import { qemuDirectoryOf } from '../../../lib/realize/dom0/directory.js';
import { clientsOfSocket } from '../../../lib/realize/host/serving.js';
import { startedQemus } from '../../../lib/realize/qemu/pid.js';
import { xenstorePath } from '../../../lib/realize/xenstore/path.js';
import { findGuest, RunningAgent, suites } from '../agent/agents.js';
import { Guest } from '../guest.js';
import { findPrograms } from '../programs.js';
import { asLibxlMakesIt, domid, Scene, uuid } from '../realize/scene.js';
import { Keeper, writeDocument } from './keeper.js';

const channel = 'org.qemu.guest_agent.0';

/** With the real agent, QEMU and xenstored. */
describe('the daemon, with agent events', function () {
  const programs = findPrograms();
  const [suite] = suites;
  const stop = new AbortController();
  let scene: Scene;
  let agent: RunningAgent;
  let link: Socket | undefined;
  let told: DaemonEvent[];
  let happened = (): void => undefined;

  beforeEach(async function () {
    const guest = suite && (await findGuest(suite));
    if (!programs || guest === undefined) return this.skip();
    scene = await Scene.start(programs);
    agent = await RunningAgent.start(guest);
    told = [];
    writeDocument(scene, [channel], { uuid });
  });
  afterEach(async () => {
    link?.destroy();
    for (const { pid } of await startedQemus(qemuDirectoryOf(join(scene.runtime, uuid)))) {
      process.kill(pid, 'SIGKILL');
    }
    await agent[Symbol.asyncDispose]();
    await scene[Symbol.asyncDispose]();
  });
  after(() => stop.abort());

  async function startDaemon(): Promise<Keeper> {
    const watch = new AgentWatch({
      find: (domain, name) => findAgentSocket(keeper.daemon, domain, name),
      tell: (event) => {
        told.push(event);
        happened();
      },
      lockDirectory: join(scene.runtime, 'agent'),
      signal: stop.signal,
    });
    const keeper: Keeper = await Keeper.start(scene, {}, watch.follow);
    return keeper;
  }

  async function event(name: DaemonEvent['event']): Promise<void> {
    while (told.at(-1)?.event !== name) await new Promise<void>((resolve) => (happened = resolve));
  }

  /** Starts the agent in the guest: until then, nothing reads what comes through the channel. */
  async function connectAgent(inside: Duplex): Promise<void> {
    link = createConnection(agent.socket);
    link.on('error', () => undefined);
    inside.on('data', (bytes: Uint8Array | string) => link?.write(bytes, 'latin1'));
    link.setEncoding('latin1').on('data', (text: string) => inside.write(text, 'latin1'));
    await once(link, 'connect');
  }

  it('reports an agent that starts after its guest has connected, its end, and a reboot', async () => {
    await using keeper = await startDaemon();
    await keeper.told('channel-added');
    const inside = await scene.guest.openConsole(1);
    await keeper.told('guest-connected');
    expect(told).to.deep.equal([]);
    await connectAgent(inside);
    await event('agent-up');
    expect(told).to.deep.equal([{ event: 'agent-up', channel, domain: scene.domain }]);
    // The daemon leaves again, which QEMU notices soon.
    while ((await clientsOfSocket(join(scene.folder, channel)))?.length !== 0) await delay(20);
    await scene.store.write(xenstorePath(`/local/domain/${domid}/device/console/1/state`), '6');
    await event('agent-down');
    inside.destroy();

    await scene.destroyDomain();
    await keeper.told('domain-ended');
    await using rebooted = await Guest.start(scene.dom0, 8);
    await asLibxlMakesIt(scene.store, rebooted.domid, 'guest', uuid);
    await keeper.told('guest-rebooted');
    expect(keeper.events.findLast((one) => one.event === 'guest-rebooted')).to.have.nested.property(
      'domain.domid',
      8,
    );
  });

  it('does not connect while another client is connected', async () => {
    await using keeper = await startDaemon();
    await keeper.told('channel-added');
    const path = join(scene.folder, channel);
    const other = createConnection(path);
    await once(other, 'connect');
    const inside = await scene.guest.openConsole(1);
    await connectAgent(inside);
    await keeper.told('guest-connected');
    // The other client hears only what it has asked for.
    other.write('{"execute":"guest-sync-delimited","arguments":{"id":1}}\n');
    const [answer] = (await once(other, 'data')) as [Buffer];
    expect(answer.toString('latin1')).to.match(/^\xff\{"return": 1\}/);
    expect(await clientsOfSocket(path)).to.have.length(1);
    expect(told).to.deep.equal([]);
    other.destroy();
    await event('agent-up');
    inside.destroy();
    await scene.destroyDomain();
    await event('agent-down');
  });
});

import { expect } from 'chai';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { attach } from '../../../lib/realize/host/attach.js';
import { detach } from '../../../lib/realize/host/detach.js';
import { qemuDirectoryOf } from '../../../lib/realize/dom0/directory.js';
import { lookAtSockets, servingQemus } from '../../../lib/realize/host/serving.js';
import { statusOf, type ChannelStatus } from '../../../lib/realize/host/status.js';
import { waitForChannel } from '../../../lib/realize/host/wait.js';
import { runningQemu, startedQemus } from '../../../lib/realize/qemu/pid.js';
import { below, xenstorePath } from '../../../lib/realize/xenstore/path.js';
import { readPermissions } from '../../../lib/realize/xenstore/permissions.js';
import { findPrograms } from '../programs.js';
import { domid, pty, Scene, socket, uuid } from './scene.js';

const frontend = xenstorePath(`/local/domain/${domid}/device/console/1`);
const backend = xenstorePath(`/local/domain/0/backend/console/${domid}/1`);

describe('the channels of a running domain', function () {
  const programs = findPrograms();
  let scene: Scene;
  let agent: string;

  beforeEach(async function () {
    if (!programs) return this.skip();
    scene = await Scene.start(programs);
    agent = join(scene.folder, 'agent');
  });
  afterEach(async () => {
    for (const { pid } of await startedQemus(qemuDirectory())) process.kill(pid, 'SIGKILL');
    await scene[Symbol.asyncDispose]();
  });

  const qemuDirectory = (): string => qemuDirectoryOf(join(scene.runtime, uuid));
  const three = () => [
    socket('org.qemu.guest_agent.0', agent),
    pty('console'),
    { name: 'log', connection: { kind: 'file', path: join(scene.folder, 'file'), append: true } } as const,
  ];

  async function channels(): Promise<readonly ChannelStatus[]> {
    const view = {
      runtimeDirectory: scene.runtime,
      qemus: await servingQemus(),
      lookAt: await lookAtSockets(),
    };
    return (await statusOf(scene.store, scene.domain, view)).channels;
  }

  /** A channel with a socket as created by libxl (libxl_console.c: libxl__device_console_add). */
  async function asLibxlMakesOne(name: string): Promise<void> {
    const libxl = xenstorePath(`/libxl/${domid}/device/console/1`);
    const nodes = {
      [libxl]: { frontend, backend, name, connection: 'socket', path: agent, state: '1' },
      [backend]: { frontend, 'frontend-id': '7', online: '1', state: '1', name, connection: 'socket' },
      [frontend]: { backend, 'backend-id': '0', state: '1', name, output: 'chardev:libxl-channel1' },
    };
    for (const [directory, values] of Object.entries(nodes)) {
      const permissions = readPermissions(directory === frontend ? [`n${domid}`, 'r0'] : ['n0', `r${domid}`]);
      await scene.store.mkdir(xenstorePath(directory));
      await scene.store.setPermissions(xenstorePath(directory), permissions);
      for (const [key, value] of Object.entries(values)) {
        await scene.store.write(below(xenstorePath(directory), key), value);
      }
    }
  }

  it('are listed with their states, host endpoints and serving processes', async () => {
    expect(await channels()).to.deep.equal([]);
    await attach(scene.host(), scene.domain, three());
    const { pid = 0 } = (await runningQemu(qemuDirectory())) ?? {};
    const [first, second, third] = await channels();
    expect(first).to.deep.include({ devid: 1, name: 'org.qemu.guest_agent.0', createdBy: 'virt2xen' });
    expect(first).to.include({ frontendState: 'initialising', backendState: 'init-wait', backendDomid: 0 });
    expect(first?.endpoint).to.deep.equal({ kind: 'socket', path: agent });
    expect(first?.servedBy.kind === 'qemu' && first.servedBy.pids).to.include(pid);
    expect(second?.endpoint)
      .to.have.property('path')
      .that.matches(/^\/dev\/pts\//);
    expect(third?.endpoint).to.deep.equal({ kind: 'file', path: join(scene.folder, 'file') });
    const withoutRecord = { qemus: [], lookAt: () => undefined, runtimeDirectory: '/no/such' };
    const { channels: byKeys } = await statusOf(scene.store, scene.domain, withoutRecord);
    expect(byKeys.map(({ endpoint }) => endpoint.kind)).to.deep.equal(['socket', 'pty', 'other']);

    const inside = await scene.guest.openConsole(1);
    expect((await channels())[0]).to.include({ frontendState: 'connected', backendState: 'connected' });
    inside.destroy();
  });

  it('are listed as unserved if QEMU has exited', async () => {
    await attach(scene.host(), scene.domain, three());
    process.kill((await runningQemu(qemuDirectory()))?.pid ?? 0, 'SIGKILL');
    while (await runningQemu(qemuDirectory())) await new Promise((resolve) => setTimeout(resolve, 10));
    const { channels: seen } = await statusOf(scene.store, scene.domain, {
      runtimeDirectory: scene.runtime,
      qemus: (await servingQemus()).filter(({ domid: other }) => other !== domid),
      lookAt: await lookAtSockets(),
    });
    expect(seen.map(({ servedBy }) => servedBy.kind)).to.deep.equal(['none', 'none', 'none']);
    expect(seen[0]).not.to.have.property('queues');
  });

  it('are listed with the bytes that wait in their sockets', async () => {
    await attach(scene.host(), scene.domain, three());
    const queues = async () => (await channels())[0]?.queues;
    expect(await queues()).to.deep.equal({ clients: 0, pending: 0, toGuestBytes: 0, toHostBytes: 0 });
    const [first, second] = [await connected(agent), await connected(agent)];
    // Without a console in the guest, QEMU does not read from the socket.
    first.write('x'.repeat(100));
    await eventually(async () =>
      expect(await queues()).to.deep.equal({ clients: 1, pending: 1, toGuestBytes: 100, toHostBytes: 0 }),
    );
    first.destroy();
    second.destroy();
  });

  it('created by libxl are listed in the same way', async () => {
    await asLibxlMakesOne('org.example');
    const [channel] = await channels();
    expect(channel).to.deep.include({ devid: 1, name: 'org.example', createdBy: 'libxl', backendDomid: 0 });
    expect(channel?.endpoint).to.deep.equal({ kind: 'socket', path: agent });
  });

  it('cannot be hidden, moved or broken by the guest', async () => {
    await asLibxlMakesOne('org.example');
    const mine = xenstorePath('device/console/1');
    await scene.guest.store.write(below(mine, 'backend'), '/local/domain/0/backend/vbd/7/1');
    await scene.guest.store.write(below(mine, 'state'), Uint8Array.of(0xff, 0xfe));
    expect((await channels())[0]).to.include({
      frontendState: 'unknown',
      backendState: 'initialising',
      backendDomid: 0,
    });
    await scene.guest.store.remove(mine);
    expect((await channels())[0]).to.include({ name: 'org.example', frontendState: 'absent' });
  });

  describe('can be waited for', () => {
    const waiting = (goal: 'connected' | 'disconnected', signal?: AbortSignal) =>
      waitForChannel(scene.store, scene.domain, 'org.qemu.guest_agent.0', goal, signal);

    it('before they exist, until the guest has opened its end', async () => {
      const waited = waiting('connected');
      await attach(scene.host(), scene.domain, three());
      const inside = await scene.guest.openConsole(1);
      const { outcome, channel } = await waited;
      expect(outcome).to.equal('reached');
      expect(channel).to.include({ devid: 1, frontendState: 'connected', backendState: 'connected' });
      inside.destroy();
    });

    it('until they are removed', async () => {
      await attach(scene.host(), scene.domain, three());
      const inside = await scene.guest.openConsole(1);
      expect((await waiting('connected')).outcome).to.equal('reached');
      const waited = waiting('disconnected');
      await detach(scene.host(), scene.domain);
      expect((await waited).outcome).to.equal('reached');
      inside.destroy();
    });

    it('in a driver domain', async () => {
      await asLibxlMakesOne('org.qemu.guest_agent.0');
      const elsewhere = xenstorePath(`/local/domain/3/backend/console/${domid}/1`);
      await scene.store.write(xenstorePath(`/libxl/${domid}/device/console/1/backend`), elsewhere);
      await scene.store.write(below(elsewhere, 'state'), '2');
      const waited = waiting('connected');
      await scene.store.write(below(frontend, 'state'), '4');
      await scene.store.write(below(elsewhere, 'state'), '4');
      const { outcome, channel } = await waited;
      expect(outcome).to.equal('reached');
      expect(channel).to.include({ backendDomid: 3 });
    });

    it('no longer than the domain exists', async () => {
      const waited = [waiting('connected')];
      await scene.destroyDomain();
      expect((await Promise.all(waited)).map(({ outcome }) => outcome)).to.deep.equal(['domain-ended']);
      expect((await waiting('disconnected')).outcome).to.equal('reached');
    });

    it('until the time is up', async () => {
      await attach(scene.host(), scene.domain, three());
      const { outcome, channel } = await waiting('connected', AbortSignal.timeout(200));
      expect(outcome).to.equal('timeout');
      expect(channel).to.include({ frontendState: 'initialising' });
      expect((await waiting('connected', AbortSignal.abort())).outcome).to.equal('timeout');
    });
  });
});

async function connected(path: string): Promise<Socket> {
  const client = createConnection(path);
  await once(client, 'connect');
  return client;
}

/** Repeats an assertion until it succeeds, to wait for another process. */
async function eventually(assertion: () => Promise<unknown>): Promise<void> {
  for (const until = Date.now() + 10_000; ;) {
    try {
      await assertion();
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

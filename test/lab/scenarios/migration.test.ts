import { expect } from 'chai';
import { expectEcho, ptyChannel, remainsOf, socketChannel } from '../channels.js';
import { desire, documentPath, startDaemon } from '../daemon.js';
import type { Dom0, Outcome, Process } from '../dom0/dom0.js';
import { startLibvirt } from '../dom0/libvirt.js';
import { agentOn } from '../guest/agent.js';
import { attachGuest, guestConfig, guestXml, type Guest } from '../guest/guest.js';
import { agentOnPort, echoOnPort, portDevice } from '../guest/ports.js';
import { scenario, suiteName, type GuestTypes, type Scene } from '../scenario.js';
import type { SecondHost } from '../second.js';

/** For what hangs: it copies the memory of the guest from one emulator to another. */
const limitMs = 20 * 60_000;

/** Runs `xl migrate` over TCP, because the encryption of ssh takes long in an emulator. */
async function startMigration(
  { dom0 }: Scene,
  { dom0: there, address }: SecondHost,
  name: string,
): Promise<Outcome> {
  const receiver = there.start("socat TCP-LISTEN:4444 EXEC:'xl migrate-receive'");
  await there.run('until ss -Hltn sport = :4444 | grep -q .; do sleep 0.1; done');
  const command = ['xl', 'migrate', '-s', '', name, `socat - TCP:${address}:4444`];
  const { stderr, ...outcome } = await dom0.attempt(command, { limitMs });
  return { ...outcome, stderr: stderr + receiver.stderr.text() };
}

async function migrateByXl(scene: Scene, second: SecondHost, name: string): Promise<void> {
  const { status, stderr } = await startMigration(scene, second, name);
  expect(status, stderr).to.equal(0);
  scene.measure('xl migrate', 'works');
}

const virsh = (...words: readonly string[]): readonly string[] => ['virsh', '-c', 'xen:///system', ...words];

/** Migrates a guest with `virsh migrate --live`. libvirtd must run on both hosts. */
async function migrateByLibvirt({ dom0, measure }: Scene, { address }: SecondHost, name: string) {
  const to = [`xen+ssh://${address}/system`, `tcp://${address}`];
  await dom0.run(virsh('migrate', '--live', name, ...to), { limitMs });
  measure('virsh migrate --live', 'works');
}

/** Nothing of a domain that has left its host is there. */
async function expectClean(dom0: Dom0, { name, domid }: Guest, daemon: Process): Promise<void> {
  await daemon.stderr.upTo('its channels were cleaned up\n');
  expect(await remainsOf(dom0, domid)).to.equal('');
  expect((await dom0.run('ls /run/lab')).split('\n').filter((file) => /^(?:first|.*port)\.sock$/.test(file)))
    .to.be.empty;
  expect(await dom0.run(['xl', 'list'])).not.to.include(name);
}

describe('a guest that is migrated between two hosts with a daemon', () => {
  const channels = socketChannel('first') + ptyChannel('second');
  const names = ['first', 'second'] as const;
  const path = '/run/lab/first.sock';

  /**
   * Xen copies the memory of a running PV guest with the help of its shadow paging, without which Debian builds 4.20.
   * PVH and HVM guests have hardware-assisted paging.
   */
  const hasShadowPaging = suiteName !== 'trixie';
  const types: GuestTypes = { gate: [], all: hasShadowPaging ? ['pv', 'pvh'] : ['pvh'] };
  /** One that takes about 100 s of processor time, in the gate of one suite. */
  const inGate: GuestTypes = hasShadowPaging ? { gate: ['pv'], all: ['pvh'] } : types;

  /** Migrates a guest whose PV consoles are from the same document on both hosts. */
  async function moveConsoles(
    scene: Scene,
    second: SecondHost,
    start: () => Promise<Guest>,
    migrate: () => Promise<void>,
  ): Promise<void> {
    const { dom0, type } = scene;
    for (const host of [dom0, second.dom0]) await desire(host, 'moved', channels, type);
    const source = await startDaemon(dom0);
    await startDaemon(second.dom0);
    const guest = await start();
    await guest.connected(names);
    await guest.echo(1);
    await expectEcho(dom0.connect(path), 'before');

    await migrate();
    const moved = await attachGuest(second.dom0, 'moved', type);
    await moved.connected(names);
    await moved.echo(1);
    await expectEcho(second.dom0.connect(path), 'after');
    await expectClean(dom0, guest, source);
  }

  scenario('by xl has its consoles there', inGate, async (scene) => {
    const { type, bootSecond, create } = scene;
    const second = await bootSecond();
    const start = (): Promise<Guest> => create('moved', guestConfig('moved', { type }));
    await moveConsoles(scene, second, start, () => migrateByXl(scene, second, 'moved'));
  });

  scenario('by libvirt has its consoles there', types, async (scene) => {
    const { dom0, type, bootSecond, attach } = scene;
    const second = await bootSecond();
    for (const host of [dom0, second.dom0]) await startLibvirt(host);
    const start = async (): Promise<Guest> => {
      await dom0.write('/run/lab/moved.xml', guestXml('moved', '', type));
      await dom0.run(virsh('create', '/run/lab/moved.xml'));
      return await attach('moved');
    };
    await moveConsoles(scene, second, start, () => migrateByLibvirt(scene, second, 'moved'));
  });

  scenario('keeps its consoles if the migration fails', { gate: [], all: ['pv'] }, async (scene) => {
    const { dom0, bootSecond, create, measure } = scene;
    const second = await bootSecond();
    await desire(dom0, 'moved', channels, 'pv');
    const daemon = await startDaemon(dom0);
    const guest = await create('moved', guestConfig('moved'));
    await guest.connected(names);
    await guest.echo(1);
    const client = dom0.connect(path);
    await expectEcho(client, 'before');
    // With shadow paging, the last step fails: the name is in use on the other host.
    await second.dom0.write('/run/lab/other.cfg', guestConfig('moved'));
    await second.dom0.run(['xl', 'create', '-p', '/run/lab/other.cfg']);
    const { status, stderr } = await startMigration(scene, second, 'moved');
    expect(status, stderr).not.to.equal(0);
    expect(stderr).to.include(hasShadowPaging ? 'Resumed OK' : 'Failed to enable logdirty');
    await expectEcho(client, 'after');
    expect(daemon.stderr.text()).not.to.include('exited').and.not.to.include('cleaned up');
    measure('a client of a PV console after a failed migration', 'still connected');
  });

  /**
   * Migrates an HVM guest with two virtio-serial ports: one is in its config, the other gets the place of a spare port
   * from the daemon of each host.
   */
  async function movePorts(
    scene: Scene,
    second: SecondHost,
    start: (document: string) => Promise<Guest>,
    migrate: () => Promise<void>,
  ): Promise<void> {
    const { dom0, measure } = scene;
    const fixed = socketChannel('fixed.port');
    for (const host of [dom0, second.dom0]) {
      await host.write(documentPath('moved.options'), 'transport = virtio-serial\n');
      await desire(host, 'moved', fixed + socketChannel('hot.port'), 'hvm');
    }
    const source = await startDaemon(dom0);
    const target = await startDaemon(second.dom0);
    const guest = await start(guestXml('moved', fixed, 'hvm'));
    await source.stderr.upTo("channel 'hot.port' attached\n");
    await guest.run('load_virtio', 60_000);
    await agentOnPort(guest, await portDevice(guest, 'fixed.port'));
    await echoOnPort(guest, await portDevice(guest, 'hot.port'));
    const client = dom0.connect('/run/lab/fixed.port.sock');
    await agentOn(client).sync();
    await client.stop();
    await expectEcho(dom0.connect('/run/lab/hot.port.sock'), 'before');

    await migrate();
    await target.stderr.upTo("channel 'hot.port' attached\n");
    const moved = await attachGuest(second.dom0, 'moved', 'hvm');
    await agentOn(second.dom0.connect('/run/lab/fixed.port.sock')).sync();
    measure('virtio-serial: agent after a migration, nothing done in the guest', 'answers');
    await echoOnPort(moved, await portDevice(moved, 'hot.port'));
    await expectEcho(second.dom0.connect('/run/lab/hot.port.sock'), 'after');
    await expectClean(dom0, guest, source);
  }

  const withPorts = ['--transport', 'virtio-serial', '--spare-ports', '1'];

  scenario('by xl has its virtio-serial ports there', { gate: [], all: ['hvm'] }, async (scene) => {
    const { dom0, bootSecond, create } = scene;
    const second = await bootSecond();
    const start = async (document: string): Promise<Guest> =>
      await create(
        'moved',
        await dom0.run(['virt2xen', 'convert', '--to', 'xl', ...withPorts], { input: document }),
      );
    await movePorts(scene, second, start, () => migrateByXl(scene, second, 'moved'));
  });

  scenario('by libvirt has its virtio-serial ports there', { gate: [], all: ['hvm'] }, async (scene) => {
    const { dom0, bootSecond, attach } = scene;
    const second = await bootSecond();
    for (const host of [dom0, second.dom0]) await startLibvirt(host);
    const start = async (document: string): Promise<Guest> => {
      const adapted = await dom0.run(['virt2xen', 'adapt', ...withPorts], { input: document });
      await dom0.write('/run/lab/moved.xml', adapted);
      await dom0.run(virsh('create', '/run/lab/moved.xml'));
      return await attach('moved');
    };
    await movePorts(scene, second, start, () => migrateByLibvirt(scene, second, 'moved'));
  });
});

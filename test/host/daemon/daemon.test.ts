import { expect } from 'chai';
import { once } from 'node:events';
import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { adapt } from '../../../lib/index.js';
import { attach } from '../../../lib/realize/host/attach.js';
import { qemuDirectoryOf } from '../../../lib/realize/dom0/directory.js';
import { runningQemu, startedQemus } from '../../../lib/realize/qemu/pid.js';
import { xenstorePath } from '../../../lib/realize/xenstore/path.js';
import { Guest } from '../guest.js';
import { findPrograms } from '../programs.js';
import { asLibxlMakesIt, domid, expectBytes, pty, Scene, uuid } from '../realize/scene.js';
import { Cut, documentsOf, Keeper, writeDocument } from './keeper.js';

describe('the daemon', function () {
  const programs = findPrograms();
  let scene: Scene;
  let before: readonly string[];

  beforeEach(async function () {
    if (!programs) return this.skip();
    scene = await Scene.start(programs);
    before = await scene.dump();
  });
  afterEach(async () => {
    for (const { pid } of await startedQemus(qemuDirectory())) process.kill(pid, 'SIGKILL');
    await scene[Symbol.asyncDispose]();
  });

  const qemuDirectory = (): string => qemuDirectoryOf(join(scene.runtime, uuid));
  const qemuPid = async (): Promise<number> => (await runningQemu(qemuDirectory()))?.pid ?? 0;
  const agent = (): string => join(scene.folder, 'agent');

  async function expectNothingLeft(): Promise<void> {
    expect((await scene.dump()).filter((line) => !/^\/(local\/domain\/8|libxl\/8)/.test(line))).to.deep.equal(
      before,
    );
    expect(await startedQemus(qemuDirectory())).to.deep.equal([]);
    expect(readdirSync(scene.folder)).to.deep.equal([]);
    expect(readdirSync(scene.runtime)).to.deep.equal([]);
  }

  it('attaches the channels of a document, and reports them and their guest', async () => {
    writeDocument(scene, ['agent', 'other']);
    writeFileSync(join(documentsOf(scene), 'guest.options'), 'socket-mode = 0660\nomit = other\n');
    await using keeper = await Keeper.start(scene);
    await keeper.told('channel-added');
    expect((lstatSync(agent()).mode & 0o777).toString(8)).to.equal('660');
    expect(readdirSync(scene.folder)).to.deep.equal(['agent']);
    const inside = (await scene.guest.openConsole(1)).setEncoding('utf8');
    await expectBytes(inside, agent());
    await keeper.told('guest-connected');
    await scene.store.write(xenstorePath(`/local/domain/${domid}/device/console/1/state`), '6');
    await keeper.told('guest-disconnected');
    inside.destroy();
    expect(keeper.events.find(({ event }) => event === 'channel-added')).to.deep.include({
      channel: 'agent',
      domain: scene.domain,
    });
  });

  it('attaches them when a document appears, changes them with it, and removes them with it', async () => {
    await using keeper = await Keeper.start(scene);
    writeDocument(scene, ['agent']);
    await keeper.told('channel-added');
    writeDocument(scene, ['agent', 'second']);
    await keeper.told('channel-added', 2);
    const pid = await qemuPid();
    writeDocument(scene, ['second']);
    await keeper.told('channel-removed');
    expect(readdirSync(scene.folder)).to.deep.equal(['second']);
    expect(await qemuPid()).to.equal(pid);
    rmSync(join(documentsOf(scene), 'guest.cfg'));
    await keeper.told('channel-removed', 2);
    await keeper.stop();
    await expectNothingLeft();
  });

  it('reports that guests are disconnected from channels in whose place others come, or none', async () => {
    writeDocument(scene, ['agent']);
    await using keeper = await Keeper.start(scene);
    await keeper.told('channel-added');
    const inside = await scene.guest.openConsole(1);
    await keeper.told('guest-connected');
    writeDocument(scene, ['other']);
    await keeper.told('guest-disconnected');
    await keeper.told('channel-added', 2);
    inside.destroy();
    const again = await scene.guest.openConsole(1);
    await keeper.told('guest-connected', 2);
    rmSync(join(documentsOf(scene), 'guest.cfg'));
    await keeper.told('channel-removed', 2);
    await keeper.told('guest-disconnected', 2);
    again.destroy();
  });

  it("attaches what adapt has set aside in the metadata of libvirt's domains, unless there is a document", async () => {
    const libvirtDirectory = join(scene.dom0.directory, 'libvirt', 'libxl');
    const log = join(scene.folder, 'log');
    await using keeper = await Keeper.start(scene, { libvirtDirectory });
    // libvirt creates its directory when it starts.
    mkdirSync(libvirtDirectory, { recursive: true });
    writeFileSync(join(libvirtDirectory, 'guest.xml'), runningOfLibvirt(log));
    await keeper.told('channel-added');
    expect(readdirSync(scene.folder)).to.deep.equal(['log']);
    writeDocument(scene, ['agent']);
    await keeper.told('document-ignored');
    await keeper.told('channel-removed');
    rmSync(join(documentsOf(scene), 'guest.cfg'));
    await keeper.told('channel-removed', 2);
    await keeper.told('channel-added', 3);
    expect(readdirSync(scene.folder)).to.deep.equal(['log']);
    rmSync(join(libvirtDirectory, 'guest.xml'));
    await keeper.told('channel-removed', 3);
  });

  it('reports an invalid document with its position, and keeps the last valid version', async () => {
    writeDocument(scene, ['agent']);
    await using keeper = await Keeper.start(scene);
    await keeper.told('channel-added');
    const path = join(documentsOf(scene), 'guest.cfg');
    writeFileSync(path, 'name = "guest"\nchannel = [ "connection=pty" \n');
    await keeper.told('document-invalid');
    const invalid = keeper.events.find(({ event }) => event === 'document-invalid');
    expect(invalid && 'reason' in invalid && invalid.reason).to.match(
      /guest\.cfg:\d+:\d+: error xl-syntax: /,
    );
    process.kill(await qemuPid(), 'SIGKILL');
    await keeper.told('qemu-restarted');
    await keeper.stop();

    // After a restart of the daemon, the valid version is not known any more; the channels stay.
    await using next = await Keeper.start(scene);
    await next.told('document-invalid');
    writeFileSync(join(documentsOf(scene), 'x.options'), '');
    await next.told('documents-loaded', 2);
    expect(existsSync(agent())).to.equal(true);
    writeDocument(scene, []);
    await next.told('channel-removed');
    await next.stop();
    await expectNothingLeft();
  });

  it('attaches them again after a reboot, to the new domain', async () => {
    writeDocument(scene, ['agent'], { uuid });
    await using keeper = await Keeper.start(scene);
    await keeper.told('channel-added');
    const pid = await qemuPid();
    await scene.destroyDomain();
    await keeper.told('domain-ended');
    expect(readdirSync(scene.runtime)).to.deep.equal([]);
    await using rebooted = await Guest.start(scene.dom0, 8);
    await asLibxlMakesIt(scene.store, rebooted.domid, 'guest', uuid);
    await keeper.told('channel-added', 2);
    expect(await qemuPid()).not.to.equal(pid);
    const inside = (await rebooted.openConsole(1)).setEncoding('utf8');
    await expectBytes(inside, agent());
    inside.destroy();
  });

  it('starts a QEMU again that was killed, and the guest continues unaffected', async () => {
    writeDocument(scene, ['agent']);
    await using keeper = await Keeper.start(scene);
    await keeper.told('channel-added');
    const inside = (await scene.guest.openConsole(1)).setEncoding('utf8');
    const frontend = await scene.dump(`/local/domain/${domid}/device/console/1`);
    for (const time of [1, 2, 3]) {
      process.kill(await qemuPid(), 'SIGKILL');
      await keeper.told('qemu-restarted', time);
      await expectBytes(inside, agent());
    }
    expect(await scene.dump(`/local/domain/${domid}/device/console/1`)).to.deep.equal(frontend);
    inside.destroy();
  });

  it('adopts what runs after its own restart, and no byte is lost', async () => {
    writeDocument(scene, ['agent']);
    const first = await Keeper.start(scene);
    await first.told('channel-added');
    const inside = (await scene.guest.openConsole(1)).setEncoding('utf8');
    const outside = createConnection(agent()).setEncoding('utf8');
    await once(outside, 'connect');
    const [pid, store] = [await qemuPid(), await scene.dump()];
    await first.stop();
    inside.write('while none runs');
    await using keeper = await Keeper.start(scene);
    await keeper.told('guest-connected');
    expect(await once(outside, 'data')).to.deep.equal(['while none runs']);
    outside.write('and back');
    expect(await once(inside, 'data')).to.deep.equal(['and back']);
    expect(await qemuPid()).to.equal(pid);
    expect(await scene.dump()).to.deep.equal(store);
    expect(keeper.events.map(({ event }) => event)).not.to.include('channel-added');
    process.kill(pid, 'SIGKILL');
    await keeper.told('qemu-restarted');
    outside.destroy();
    inside.destroy();
  });

  it('repairs keys that were removed', async () => {
    writeDocument(scene, ['agent']);
    await using keeper = await Keeper.start(scene);
    await keeper.told('channel-added');
    await scene.store.remove(xenstorePath(`/local/domain/0/backend/console/${domid}/1`));
    await keeper.told('drift-repaired');
    const inside = (await scene.guest.openConsole(1)).setEncoding('utf8');
    await expectBytes(inside, agent());
    inside.destroy();
  });

  it('connects to xenstored again, and finds what happened meanwhile', async () => {
    writeDocument(scene, ['agent']);
    await using cut = new Cut(scene);
    await using keeper = await Keeper.start(scene, { storePath: cut.path });
    await keeper.told('channel-added');
    cut.cut();
    await keeper.told('store-connected', 2);
    await scene.destroyDomain();
    await keeper.told('domain-ended');
    expect(readdirSync(scene.folder)).to.deep.equal([]);
  });

  it('waits for xenstored, and for its return', async () => {
    writeDocument(scene, ['agent']);
    await scene.dom0.store.stop();
    await using keeper = await Keeper.start(scene);
    await keeper.told('store-lost');
    rmSync(scene.dom0.socket, { force: true });
    await scene.dom0.startStore();
    await keeper.told('store-connected');
  });

  it('does not change channels that a command has attached', async () => {
    await attach(scene.host(), scene.domain, [pty('p')]);
    const store = await scene.dump();
    await using keeper = await Keeper.start(scene);
    await keeper.daemon.reload();
    expect(await scene.dump()).to.deep.equal(store);
    await scene.destroyDomain();
    await keeper.told('domain-ended');
    expect(readdirSync(scene.runtime)).to.deep.equal([]);
  });

  it('waits until libxl has decided who serves the consoles', async () => {
    writeDocument(scene, ['agent']);
    await scene.store.write(xenstorePath(`/libxl/${domid}/type`), 'pv');
    await using keeper = await Keeper.start(scene);
    await keeper.daemon.reload();
    expect(readdirSync(scene.folder)).to.deep.equal([]);
    await scene.store.write(xenstorePath(`/local/domain/${domid}/console/type`), 'ioemu');
    await scene.startDeviceModel();
    await keeper.told('channel-added');
    expect(await startedQemus(qemuDirectory())).to.deep.equal([]);
    expect(existsSync(agent())).to.equal(true);
  });

  it('waits until a device model that libxl has started runs', async () => {
    writeDocument(scene, ['agent']);
    await scene.store.write(xenstorePath(`/libxl/${domid}/type`), 'hvm');
    // libxl writes it before QEMU has a monitor.
    await scene.store.write(
      xenstorePath(`/local/domain/${domid}/image/device-model-pid`),
      String(process.pid),
    );
    await using keeper = await Keeper.start(scene);
    await keeper.daemon.workOn(uuid);
    expect(keeper.events.map(({ event }) => event)).to.deep.equal(['documents-loaded', 'store-connected']);
    await scene.startDeviceModel();
    await keeper.told('channel-added');
  });

  it('finds a domain whose nodes are written after its introduction', async () => {
    writeDocument(scene, ['agent'], { file: 'late.cfg', uuid: uuid.replace('0', 'f') });
    await using keeper = await Keeper.start(scene);
    await using late = await Guest.start(scene.dom0, 8);
    await keeper.daemon.reload();
    await asLibxlMakesIt(scene.store, late.domid, 'late', uuid.replace('0', 'f'));
    await keeper.told('channel-added');
    await keeper.stop();
    for (const { pid } of await startedQemus(qemuDirectory().replace(uuid, uuid.replace('0', 'f')))) {
      process.kill(pid, 'SIGKILL');
    }
  });

  it('ends when it is stopped, although it has adopted channels, and QEMU keeps serving them', async () => {
    writeDocument(scene, ['agent']);
    await (async () => {
      await using keeper = await Keeper.start(scene);
      await keeper.told('channel-added');
    })();
    const pid = await qemuPid();
    const keeper = await Keeper.start(scene);
    await keeper.stop();
    expect(await qemuPid()).to.equal(pid);
  });
});

/** What libvirt writes about a domain that runs, with a channel to a file, which its Xen driver does not support. */
function runningOfLibvirt(file: string): string {
  const { output = '' } = adapt(`<domain type='kvm' id='${domid}'>
  <name>guest</name>
  <uuid>${uuid}</uuid>
  <memory>65536</memory>
  <os><type arch='x86_64'>xen</type><kernel>/k</kernel></os>
  <devices>
    <channel type='file'>
      <source path='${file}'/>
      <target type='virtio' name='log'/>
    </channel>
  </devices>
</domain>`);
  return `<domstatus state='running' reason='booted' pid='0'>\n${output}\n</domstatus>\n`;
}

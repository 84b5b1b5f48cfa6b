import { expect } from 'chai';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseXlConfig, type Channel } from '../../../lib/index.js';
import { xenstorePath } from '../../../lib/realize/xenstore/path.js';
import { attach, type AttachOptions, type AttachResult } from '../../../lib/realize/host/attach.js';
import { detach, detachUnsaved } from '../../../lib/realize/host/detach.js';
import { restoreConfigFor } from '../../../lib/realize/host/restore.js';
import { waitForPort } from '../../../lib/realize/host/port-status.js';
import { servingQemus } from '../../../lib/realize/host/serving.js';
import { statusOf } from '../../../lib/realize/host/status.js';
import { saveProblems } from '../../../lib/realize/ports.js';
import { portsAtStart } from '../../../lib/realize/dom0/arguments.js';
import { attachedId, presentPorts } from '../../../lib/realize/qemu/port.js';
import { withQmp } from '../../../lib/realize/qmp/client.js';
import { chardevAdd, deviceAdd, deviceDel } from '../../../lib/realize/qmp/commands.js';
import { portArguments, portId, sparePortName } from '../../../lib/qemu-syntax/port.js';
import { findPrograms } from '../programs.js';
import { domid, pty, Scene, socket, uuid } from './scene.js';

const agentName = 'org.qemu.guest_agent.0';

/** A port that was created with the guest, and two spare ones. */
const configured = portArguments(
  [
    { name: 'configured', chardev: { type: 'null' }, nr: 4 },
    ...[29, 30].map((nr) => ({ name: sparePortName(nr), chardev: { type: 'null' }, nr }) as const),
  ],
  [],
);

/** What the accelerator `xen` sets for every machine (hw/xen: xen_compat_props); this QEMU has no hypervisor. */
const formatOfXen = ['send-configuration', 'store-global-state', 'send-section-footer'].flatMap(
  (property) => ['-global', `migration.${property}=off`],
);

describe('virtio-serial ports of a running domain', function () {
  const programs = findPrograms();
  let scene: Scene;
  let agent: Channel;
  let other: Channel;

  const port = (name: string): Channel => ({
    ...socket(name, join(scene.folder, name)),
    transport: { kind: 'virtio-serial' },
  });

  beforeEach(async function () {
    if (!programs) return this.skip();
    scene = await Scene.start(programs);
    [agent, other] = [port(agentName), port('other')];
  });
  afterEach(() => scene[Symbol.asyncDispose]());

  const attached = (channels: readonly Channel[], options?: AttachOptions): Promise<AttachResult> =>
    attach(scene.host(), scene.domain, channels, options);
  const ports = () => withQmp(scene.monitor, presentPorts);
  const namesByNumber = async (): Promise<Readonly<Record<string, string>>> =>
    Object.fromEntries((await ports()).map(({ nr, name }) => [nr, name]));
  const changes = ({ channels }: AttachResult): readonly string[] =>
    channels.map((channel) => `${channel.name} ${channel.change}`);
  const initially = { 4: 'configured', 29: sparePortName(29), 30: sparePortName(30) };

  async function expectOnlyTheConfigured(): Promise<void> {
    expect(await namesByNumber()).to.deep.equal(initially);
    expect(readdirSync(scene.folder)).to.deep.equal([]);
    expect(readdirSync(scene.runtime)).to.deep.equal([]);
  }

  /** Saves the devices as libxl does, and loads them in a device model with the arguments of a config. */
  async function isRestored(args = configured): Promise<boolean> {
    const image = join(scene.dom0.directory, 'image');
    const filename = { name: 'xen-save-devices-state', arguments: { filename: image, live: false } };
    await withQmp(scene.monitor, (qmp) => qmp.execute({ ...filename, read: () => undefined }));
    const [monitor, log] = [join(scene.dom0.directory, 'm'), join(scene.dom0.directory, 'log')];
    const qemu = scene.dom0.startQemu([
      ...['-xen-domid', '8', '-accel', 'qtest', '-machine', 'pc', '-m', '16', '-S', '-nodefaults'],
      ...['-no-user-config', '-display', 'none', ...args, '-incoming', `exec:cat ${image}`],
      ...formatOfXen,
      ...['-qmp', `unix:${monitor},server=on,wait=off`, '-D', log],
    ]);
    try {
      await qemu.isReady(async () => {
        if (!existsSync(monitor)) return false;
        const status = { name: 'query-status', read: (value: unknown) => JSON.stringify(value) };
        const answer = await withQmp(monitor, (qmp) => qmp.execute(status)).catch(() => '');
        return answer !== '' && !answer.includes('inmigrate');
      });
      return true;
    } catch (error) {
      if (!String(error).includes('load of migration failed')) throw error;
      return false;
    } finally {
      await qemu.stop('SIGKILL');
    }
  }

  it('take the places of spare ports, with which the guest can be saved', async () => {
    await scene.startPcDeviceModel([...formatOfXen, ...configured]);
    expect(await isRestored()).to.equal(true);
    const made = await attached([agent, other], { access: { mode: 0o660 } });
    expect(made.diagnostics).to.deep.equal([]);
    expect(changes(made)).to.deep.equal([`${agentName} created`, 'other created']);
    expect(new Set(Object.values(await namesByNumber()))).to.deep.equal(
      new Set(['configured', agentName, 'other']),
    );
    expect(statSync(join(scene.folder, agentName)).mode & 0o7777).to.equal(0o660);
    expect(await isRestored()).to.equal(true);
    const before = await ports();
    expect(changes(await attached([agent, other]))).to.deep.equal([
      `${agentName} unchanged`,
      'other unchanged',
    ]);
    expect(await ports()).to.deep.equal(before);
    const { removed } = await attached([other]);
    expect(removed).to.deep.equal([agentName]);
    expect(await isRestored()).to.equal(true);
    expect((await detach(scene.host(), scene.domain)).removed).to.deep.equal(['other']);
    await expectOnlyTheConfigured();
  });

  it('get the same places in a restored guest, in any order of the document', async () => {
    await scene.startPcDeviceModel([...formatOfXen, ...configured]);
    await attached([agent, other]);
    const first = await namesByNumber();
    await detach(scene.host(), scene.domain);
    await attached([other, agent]);
    expect(await namesByNumber()).to.deep.equal(first);
    await detach(scene.host(), scene.domain);
  });

  it('without a spare port are rejected, because the guest would be lost when it is saved', async () => {
    await scene.startPcDeviceModel(configured.slice(0, 10));
    const { channels, diagnostics } = await attached([agent]);
    expect(channels).to.deep.equal([]);
    expect(diagnostics.map(({ code, severity }) => `${severity} ${code}`)).to.deep.equal([
      'error channel-attach',
    ]);
    expect(diagnostics[0]?.message).to.include('no spare virtio-serial port');
    expect(await namesByNumber()).to.deep.equal({ 4: 'configured' });
  });

  it('without a spare port are attached on request, with a warning; the guest can be saved when they are detached', async () => {
    await scene.startPcDeviceModel([...formatOfXen, ...configured]);
    const three = [agent, other, port('third')];
    const made = await attached(three, { allowUnsaved: true });
    expect(made.diagnostics.map(({ code, severity }) => `${severity} ${code}`)).to.deep.equal([
      'warning channel-unsaved',
    ]);
    const declared = await portsAtStart(scene.store, scene.domain);
    const { unsaved, missing } = saveProblems(declared, await ports());
    expect(missing).to.deep.equal([]);
    const config = `name = "vm"\ntype = "hvm"\nmemory = 16\ndevice_model_args_hvm = ${JSON.stringify(configured)}\n`;
    const host = { runtimeDirectory: scene.runtime, qmpDirectory: scene.dom0.machine };
    const extended = await restoreConfigFor(host, scene.domain, config);
    expect(extended.startsWith(config)).to.equal(true);
    const { deviceModelArguments = [] } = parseXlConfig(extended).domain ?? {};
    expect(deviceModelArguments.slice(0, configured.length)).to.deep.equal(configured);
    // Not at the paths of the sockets that are in use here.
    expect(
      await isRestored(deviceModelArguments.map((arg) => arg.replace(scene.folder, scene.dom0.directory))),
    ).to.equal(true);
    await expectFailure(
      restoreConfigFor(host, scene.domain, config.replace(/device_model.*/, '')),
      /no virtio-serial controller for port/,
    );
    const [lost] = unsaved.map(({ name }) => name);
    expect(unsaved).to.have.length(1);
    expect(await isRestored()).to.equal(false);
    await detach(scene.host(), scene.domain, [lost ?? '']);
    expect(await isRestored()).to.equal(true);
    await detach(scene.host(), scene.domain);
    await expectOnlyTheConfigured();
  });

  it('are made savable again before a save: unsaved ones are detached, and missing spare ones are restored', async () => {
    await scene.startPcDeviceModel([...formatOfXen, ...configured]);
    const savable = () => detachUnsaved(scene.host(), scene.domain);
    expect(await savable())
      .to.include({ domain: scene.domain })
      .and.deep.include({ removed: [] });
    await attached([agent, other, port('third')], { allowUnsaved: true });
    const before = Object.values(await namesByNumber());
    const { removed } = await savable();
    expect(removed).to.have.length(1);
    expect(Object.values(await namesByNumber())).to.have.members(
      before.filter((name) => !removed.includes(name)),
    );
    expect(existsSync(join(scene.folder, removed[0] ?? ''))).to.equal(false);
    expect(await isRestored()).to.equal(true);
    await detach(scene.host(), scene.domain);
    await attached([agent]);
    const { id = '' } = (await ports()).find(({ name }) => name === agentName) ?? {};
    const spare = (await ports()).find(({ name }) => name.startsWith('virt2xen.spare'));
    await withQmp(scene.monitor, (qmp) => qmp.execute(deviceDel(spare?.id ?? '')));
    expect(await isRestored()).to.equal(false);
    expect((await savable()).removed).to.deep.equal([]);
    expect((await ports()).some((one) => one.id === id)).to.equal(true);
    expect(await isRestored()).to.equal(true);

    // Another program has added a port: it is not removed, but reported.
    await withQmp(scene.monitor, async (qmp) => {
      await qmp.execute(chardevAdd('theirs', { type: 'null', data: {} }));
      await qmp.execute(
        deviceAdd('virtserialport', { chardev: 'theirs', name: 'theirs', nr: 9, id: 'theirs' }),
      );
    });
    await expectFailure(savable(), /cannot be saved or migrated: port 9 \(theirs\) is not in its config/);
    await withQmp(scene.monitor, (qmp) => qmp.execute(deviceDel('theirs')));
    await detach(scene.host(), scene.domain);
    await expectOnlyTheConfigured();
  });

  it('are savable where there is no controller, and no device model', async () => {
    const nothing = { domain: scene.domain, removed: [] };
    expect(await detachUnsaved(scene.host(), scene.domain)).to.deep.equal(nothing);
    await scene.startPcDeviceModel([]);
    expect(await detachUnsaved(scene.host(), scene.domain)).to.deep.equal(nothing);
  });

  it('of the config are not changed', async () => {
    await scene.startPcDeviceModel([...formatOfXen, ...configured]);
    const made = await attached([port('configured')]);
    expect(changes(made)).to.deep.equal(['configured foreign']);
    await expectOnlyTheConfigured();
  });

  it('are rejected without a controller, and without a device model', async () => {
    await scene.startPcDeviceModel([]);
    const { diagnostics } = await attached([agent]);
    expect(diagnostics.map(({ message }) => message)).to.deep.equal([
      `channel '${agentName}': the domain was started without a virtio-serial controller`,
    ]);
    await scene.store.remove(xenstorePath(`/local/domain/${domid}/image`));
    await expectFailure(attached([agent]), /no device model of libxl is running/);
    await scene.store.write(xenstorePath(`/local/domain/${domid}/image/device-model-domid`), '9');
    await expectFailure(attached([agent]), /its device model runs in a stubdomain/);
  });

  it('are not changed if a socket cannot be created', async () => {
    await scene.startPcDeviceModel([...formatOfXen, ...configured]);
    writeFileSync(join(scene.folder, agentName), '');
    await expectFailure(attached([agent]), new RegExp(agentName));
    expect(await namesByNumber()).to.deep.equal(initially);
    expect(await isRestored()).to.equal(true);
  });

  it('are completed or removed after an interruption at any step', async () => {
    await scene.startPcDeviceModel([...formatOfXen, ...configured]);
    // Killed after it has removed the spare port, before it has created the other.
    for (const nr of [29, 30]) await withQmp(scene.monitor, (qmp) => qmp.execute(deviceDel(portId(nr))));
    expect(await isRestored()).to.equal(false);
    expect(changes(await attached([agent]))).to.deep.equal([`${agentName} created`]);
    expect(await isRestored()).to.equal(true);
    const { nr = 0 } = (await ports()).find(({ name }) => name === agentName) ?? {};
    await withQmp(scene.monitor, (qmp) => qmp.execute(deviceDel(attachedId(nr))));
    expect(changes(await attached([agent]))).to.deep.equal([`${agentName} changed`]);
    expect(await isRestored()).to.equal(true);
    await withQmp(scene.monitor, (qmp) => qmp.execute(deviceDel(attachedId(nr))));
    await detach(scene.host(), scene.domain);
    await expectOnlyTheConfigured();
  });

  it('are listed with the state of the guest, and whether it can be saved', async () => {
    await scene.startPcDeviceModel([...formatOfXen, ...configured]);
    const status = async () => {
      const qemus = await servingQemus();
      const view = { qemus, lookAt: () => undefined, qmpDirectory: scene.dom0.machine };
      return await statusOf(scene.store, scene.domain, { ...view, runtimeDirectory: scene.runtime });
    };
    expect(await status()).to.deep.include({ channels: [], sparePorts: 2, isSavable: true });
    await attached([agent, port('second'), { ...port('pty'), connection: { kind: 'pty' } }], {
      allowUnsaved: true,
    });
    const { ports: seen = [], sparePorts, isSavable } = await status();
    expect({ sparePorts, isSavable }).to.deep.equal({ sparePorts: 0, isSavable: false });
    expect(seen.filter(({ isSaved }) => !isSaved)).to.have.length(1);
    const first = seen.find(({ name }) => name === agentName);
    expect(first).to.deep.include({ state: 'closed', createdBy: 'virt2xen', bus: 'virt2xen-serial.0' });
    expect(first?.endpoint).to.deep.equal({ kind: 'socket', path: join(scene.folder, agentName) });
    expect(first?.servedBy.kind).to.equal('qemu');
    expect(seen.find(({ name }) => name === 'configured')).to.deep.include({
      createdBy: 'config',
      isSaved: true,
    });
    expect(seen.find(({ name }) => name === 'pty')?.endpoint)
      .to.have.property('path')
      .that.matches(/^\/dev\/pts\//);

    // Another client has the monitor, as libxl at times.
    await withQmp(scene.monitor, async () => {
      const busy = await status();
      expect(busy).not.to.have.property('isSavable');
      expect(busy.ports?.find(({ name }) => name === agentName)).to.include({ state: 'unknown' });
    });
    const waiting = { store: scene.store, qmpDirectory: scene.dom0.machine };
    const closed = await waitForPort(waiting, scene.domain, agentName, 'closed');
    expect(closed).to.deep.include({ outcome: 'reached' });
    const late = await waitForPort(waiting, scene.domain, agentName, 'open', AbortSignal.timeout(100));
    expect(late.outcome).to.equal('timeout');
    expect(late.port?.state).to.equal('closed');
    await attached([pty('console')]);
    await expectFailure(waitForPort(waiting, scene.domain, 'console', 'open'), /is a PV console/);
    await scene.destroyDomain();
    expect((await waitForPort(waiting, scene.domain, agentName, 'open')).outcome).to.equal('domain-ended');
  });

  it('are forgotten with their sockets when the device model or the domain has ended', async () => {
    const qemu = await scene.startPcDeviceModel([...formatOfXen, ...configured]);
    await attached([agent]);
    await qemu.stop('SIGKILL');
    expect((await detach(scene.host(), scene.domain)).removed).to.deep.equal([agentName]);
    expect(readdirSync(scene.folder)).to.deep.equal([]);
    const next = await scene.startPcDeviceModel([...formatOfXen, ...configured]);
    await attached([agent]);
    await next.stop('SIGKILL');
    await scene.destroyDomain();
    await expectFailure(attached([agent]), /has ended/);
    expect(readdirSync(scene.folder)).to.deep.equal([]);
    expect(existsSync(join(scene.runtime, uuid))).to.equal(false);
  });
});

async function expectFailure(work: Promise<unknown>, message: RegExp): Promise<void> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(String(error)).to.match(message);
}

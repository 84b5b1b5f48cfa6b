import { expect } from 'chai';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, readdirSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { below, xenstorePath } from '../../../lib/realize/xenstore/path.js';
import { readChannelDocument } from '../../../lib/realize/document.js';
import { domId } from '../../../lib/realize/domid.js';
import { attach } from '../../../lib/realize/host/attach.js';
import { detach } from '../../../lib/realize/host/detach.js';
import { qemuDirectoryOf } from '../../../lib/realize/dom0/directory.js';
import { planWrites } from '../../../lib/realize/keys.js';
import { plan } from '../../../lib/realize/plan.js';
import { startedQemus, waitForEnd } from '../../../lib/realize/qemu/pid.js';
import { formatPermissions } from '../../../lib/realize/xenstore/permissions.js';
import { planScript } from '../../../lib/realize/script.js';
import { servedByQemu } from '../../../lib/realize/served-by.js';
import { Report } from '../../../lib/diagnostics/diagnostic.js';
import { virt2xen } from '../../cli/virt2xen.js';
import { findPrograms } from '../programs.js';
import { domid, pty, Scene, socket, uuid } from './scene.js';

const caught = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('channels under concurrent changes and failures', function () {
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
  const agent = (): string => join(scene.folder, 'agent');

  it('wait for each other: the second of two concurrent attaches changes nothing', async () => {
    const results = await Promise.all(
      [1, 2].map(() => attach(scene.host(), scene.domain, [socket('agent', agent()), pty('p')])),
    );
    const changes = results.map(({ channels }) => channels.map(({ change }) => change).join(' '));
    expect(changes.toSorted()).to.deep.equal(['created created', 'unchanged unchanged']);
    expect(await startedQemus(qemuDirectory())).to.have.length(1);
    await Promise.all([1, 2].map(() => detach(scene.host(), scene.domain)));
    expect(await scene.dump()).to.deep.equal(before);
    expect(readdirSync(scene.runtime)).to.deep.equal([]);
  });

  it('report that another process is at work, without --wait', async () => {
    let second: unknown;
    await attach(
      scene.host({
        onStep: async () => {
          second ??= await caught(detach(scene.host({ lockTimeoutSeconds: 0 }), scene.domain));
        },
      }),
      scene.domain,
      [pty('p')],
    );
    expect(second).to.include({ failure: 'busy' });
  });

  it('leave nothing behind if the domain is destroyed at any step', async () => {
    for (let step = 0; ; step += 1) {
      await using fresh = await Scene.start(programs!);
      let count = 0;
      const host = fresh.host({
        onStep: async () => {
          count += 1;
          if (count === step + 1) await fresh.destroyDomain();
        },
      });
      const channels = [socket('agent', join(fresh.folder, 'agent')), pty('p')];
      const error = await caught(attach(host, fresh.domain, channels));
      if (count <= step) {
        // The domain existed until the end.
        await detach(fresh.host(), fresh.domain);
        break;
      }
      // At the last step everything existed; the next run finds what remains.
      if (error === undefined) await caught(attach(fresh.host(), { ...fresh.domain, domid: domId(8) }, []));
      else expect(error, `step ${step}`).to.include({ failure: 'gone' });
      expect(readdirSync(fresh.folder), `step ${step}`).to.deep.equal([]);
      expect(readdirSync(fresh.runtime), `step ${step}`).to.deep.equal([]);
      expect(await startedQemus(qemuDirectoryOf(join(fresh.runtime, uuid)))).to.deep.equal([]);
      expect((await fresh.dump()).filter((line) => /\/7[ /]/.test(line))).to.deep.equal([]);
    }
  });

  it('leave nothing behind if the domain is destroyed during detach, which is not an error', async () => {
    await attach(scene.host(), scene.domain, [socket('agent', agent())]);
    let isFirst = true;
    const host = scene.host({
      onStep: async () => {
        if (isFirst) await scene.destroyDomain();
        isFirst = false;
      },
    });
    expect((await detach(host, scene.domain)).removed).to.deep.equal(['agent']);
    expect(readdirSync(scene.folder)).to.deep.equal([]);
    expect(readdirSync(scene.runtime)).to.deep.equal([]);
  });

  it('are cleaned up by the next run after a domain was destroyed', async () => {
    await attach(scene.host(), scene.domain, [socket('agent', agent())]);
    const [qemu] = await startedQemus(qemuDirectory());
    // xl destroy: libxl terminates the process of image/device-model-pid.
    const pid = await scene.store.read(xenstorePath('/local/domain/7/image/device-model-pid'));
    expect(Number(pid)).to.equal(qemu?.pid);
    process.kill(Number(pid), 'SIGHUP');
    await waitForEnd(qemu!, 5000);
    await scene.destroyDomain();
    expect(existsSync(agent())).to.equal(true);
    await caught(detach(scene.host(), { ...scene.domain, uuid: uuid.replace('0', 'f') }));
    expect(readdirSync(scene.folder)).to.deep.equal([]);
    expect(readdirSync(scene.runtime)).to.deep.equal([]);
  });

  it('neither trust nor require the guest', async () => {
    await attach(scene.host({ closeTimeoutMs: 200 }), scene.domain, [pty('a'), pty('b')]);
    const { store } = scene.guest;
    await store.write(xenstorePath('device/console/1/backend'), '/local/domain/0');
    await store.write(xenstorePath('device/console/1/state'), '4');
    await store.remove(xenstorePath('device/console/2'));
    const denied = await caught(store.write(xenstorePath('device/console/1/output'), 'file:/etc/passwd'));
    expect(denied).to.include({ code: 'EACCES' });
    const again = await attach(scene.host({ closeTimeoutMs: 200 }), scene.domain, [pty('a'), pty('b')]);
    expect(again.channels.map(({ change }) => change)).to.deep.equal(['unchanged', 'changed']);
    await store.write(xenstorePath('device/console/1/state'), Uint8Array.of(0xff, 0));
    await detach(scene.host({ closeTimeoutMs: 200 }), scene.domain);
    expect(await scene.dump()).to.deep.equal(before);
  });

  it('are offered again to a guest that rejected them because it had others when it was saved', async () => {
    const { store } = scene.guest;
    const frontend = xenstorePath('device/console/1');
    const error = xenstorePath(`/local/domain/${domid}/error`);
    await scene.store.mkdir(error);
    await scene.store.setPermissions(error, { owner: domId(domid), others: 'none' });
    await store.write(xenstorePath('error/device/console/1/error'), '2 reading other end details');
    const isThere = (value: string | undefined): boolean => value !== undefined;
    const guest = (async () => {
      // Linux ignores keys that are created later, until it has seen that they do not exist.
      await store.waitFor(below(frontend, 'backend'), isThere);
      await store.waitFor(below(frontend, 'backend'), (value) => !isThere(value));
      await store.waitFor(below(frontend, 'backend'), isThere);
      return (await scene.guest.openConsole(1)).setEncoding('utf8');
    })();
    await attach(scene.host(), scene.domain, [socket('agent', agent())]);
    const inside = await guest;
    expect(await store.read(xenstorePath('error/device/console/1/error'))).to.equal(undefined);
    const outside = createConnection(agent());
    outside.write('hello');
    expect(await once(inside, 'data')).to.deep.equal(['hello']);
    outside.destroy();
    inside.destroy();
    await detach(scene.host(), scene.domain);
    await scene.store.remove(error);
    expect(await scene.dump()).to.deep.equal(before);
  });

  it('wait for a guest that merely claims to have rejected them, but not forever', async () => {
    const error = xenstorePath(`/local/domain/${domid}/error/device/console/1/error`);
    await scene.store.write(error, 'a lie');
    const { channels } = await attach(scene.host(), scene.domain, [pty('a')]);
    expect(channels[0]).to.include({ change: 'created' });
    expect(await scene.store.read(error)).to.equal(undefined);
  });

  it('transfer names and paths unchanged, or reject them', async () => {
    const name = `$(touch x);'"\\ <é>,=%n`;
    const path = join(scene.folder, `a,b=c 'd' "e" $(f) -g é`);
    const { channels } = await attach(scene.host(), scene.domain, [socket(name, path)]);
    expect(channels.map((channel) => channel.name)).to.deep.equal([name]);
    expect(readdirSync(scene.folder)).to.deep.equal([`a,b=c 'd' "e" $(f) -g é`]);
    expect(await scene.store.read(xenstorePath('/local/domain/7/device/console/1/name'))).to.equal(name);
    const refused = await attach(scene.host(), scene.domain, [
      pty('a\0b'),
      pty('x'.repeat(5000)),
      pty('\ud800'),
    ]);
    expect(refused.diagnostics.map(({ code }) => code)).to.deep.equal(Array(3).fill('channel-attach'));
    await detach(scene.host(), scene.domain);
    expect(await scene.dump()).to.deep.equal(before);
  });

  it("give sockets the requested mode, and change it without restarting the guest's channel", async () => {
    const modeOf = (): string => (lstatSync(agent()).mode & 0o777).toString(8);
    await attach(scene.host(), scene.domain, [socket('agent', agent())], { access: { mode: 0o660 } });
    expect(modeOf()).to.equal('660');
    const store = await scene.dump();
    await attach(scene.host(), scene.domain, [socket('agent', agent())], { access: { mode: 0o600 } });
    expect(modeOf()).to.equal('600');
    expect(await scene.dump()).to.deep.equal(store);
  });

  it('do not change what libxl has created', async () => {
    const foreign = { ...scene.domain, name: 'libxl' };
    const report = new Report();
    const theirs = plan(
      [pty('theirs')],
      foreign,
      { servedBy: servedByQemu('x'), backendDomid: domId(0) },
      report,
    );
    for (const { path, value, permissions } of planWrites(theirs)) {
      await scene.store.write(path, value);
      await scene.store.setPermissions(path, permissions);
    }
    // A QEMU serves all consoles of type ioemu, and writes their state.
    const lasting = async () =>
      (await scene.dump()).filter((line) => !/\/(?:state|tty|hotplug-status) = /.test(line));
    before = await lasting();
    const { channels } = await attach(scene.host(), scene.domain, [pty('theirs'), pty('ours')]);
    expect(channels.map(({ devid, change }) => [devid, change])).to.deep.equal([
      [1, 'foreign'],
      [2, 'created'],
    ]);
    expect(await caught(detach(scene.host(), scene.domain, ['theirs']))).to.include({ failure: 'channel' });
    await detach(scene.host(), scene.domain);
    expect(await lasting()).to.deep.equal(before);
  });

  it('are created by a script as by attach, but without the record', async () => {
    const channels = [socket("a'gent", join(scene.folder, "it's")), pty('p')];
    const report = new Report();
    const planned = plan(
      channels,
      scene.domain,
      { servedBy: servedByQemu('qemu'), backendDomid: domId(0) },
      report,
    );
    const directory = join(scene.runtime, uuid, 'qemu');
    execFileSync('mkdir', ['-p', join(scene.runtime, uuid)]);
    const script = planScript(planned, { access: { mode: 0o640 }, directory }) ?? '';
    const run = spawnSync('sh', [], { input: script, encoding: 'utf8', env: scene.dom0.environment });
    expect(run.status, run.stderr).to.equal(0);
    expect((lstatSync(join(scene.folder, "it's")).mode & 0o777).toString(8)).to.equal('640');
    await scene.store.waitFor(
      xenstorePath('/local/domain/0/backend/console/7/2/hotplug-status'),
      (value) => value !== undefined,
    );
    for (const { path, value, permissions } of planWrites(planned)) {
      const found = await scene.store.permissions(path);
      expect(found && formatPermissions(found), path).to.equal(formatPermissions(permissions));
      if (!/\/(?:state|tty)$/.test(path)) expect(await scene.store.read(path), path).to.equal(value);
    }
    const inside = await scene.guest.openConsole(1);
    inside.destroy();
  });

  it('are attached and detached by the command, with its exit statuses', async () => {
    const [xml, bad] = ['vm.xml', 'bad.xml'].map((name) => join(scene.dom0.directory, name)) as [
      string,
      string,
    ];
    const document = (type: string): string =>
      `<domain type='xen'><name>guest</name><memory unit='MiB'>64</memory><os><type>linux</type><kernel>/k</kernel></os>` +
      `<devices><channel type='${type}'><source path='${agent()}'/><target type='xen' name='a'/></channel></devices></domain>`;
    writeFileSync(xml, document('unix'));
    writeFileSync(bad, document('vc'));
    expect(readChannelDocument(document('unix')).channels).to.have.length(1);
    const run = (...args: readonly string[]) =>
      virt2xen(args, { cwd: scene.dom0.directory, env: { XENSTORED_PATH: scene.dom0.socket } });
    const where = ['--runtime-dir', scene.runtime, '--qmp-dir', scene.dom0.machine];
    const wrapper = join(scene.dom0.directory, 'qemu');
    const variables = Object.entries(scene.dom0.environment).map(([key, value]) => `${key}='${value}'`);
    writeFileSync(wrapper, `#!/bin/sh\nexec env ${variables.join(' ')} ${programs!.qemu} "$@"\n`, {
      mode: 0o755,
    });
    const made = run('attach', 'guest', xml, '--qemu', wrapper, '--json', ...where);
    expect(made.status, made.stderr).to.equal(0);
    expect(JSON.parse(made.stdout)).to.deep.include({
      domain: { domid, name: 'guest', uuid },
      backend: 'qemu',
      channels: [{ devid: 1, name: 'a', change: 'created', backend: 'qemu', path: agent() }],
    });
    expect(run('attach', uuid, xml, '--qemu', wrapper, ...where).stdout).to.equal(
      `unchanged  1  "a"  ${agent()}\n`,
    );
    expect(run('attach', '7', bad, ...where).status).to.equal(1);
    expect(run('attach', '7', xml, '--socket-mode', 'rw', ...where).status).to.equal(2);
    expect(run('attach', 'nobody', xml, ...where)).to.include({ status: 3 });
    expect(run('detach', '7', 'b', ...where)).to.include({ status: 1 });
    expect(run('detach', '7', ...where)).to.include({ status: 0, stdout: 'removed  "a"\n' });
    expect(await scene.dump()).to.deep.equal(before);
    expect(readdirSync(scene.runtime)).to.deep.equal([]);
  });
});

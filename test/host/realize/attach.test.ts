import { expect } from 'chai';
import { once } from 'node:events';
import { existsSync, lstatSync, readFileSync, readdirSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import type { Channel } from '../../../lib/index.js';
import { attach } from '../../../lib/realize/host/attach.js';
import { detach } from '../../../lib/realize/host/detach.js';
import { qemuDirectoryOf } from '../../../lib/realize/dom0/directory.js';
import { runningQemu, startedQemus } from '../../../lib/realize/qemu/pid.js';
import { xenstorePath } from '../../../lib/realize/xenstore/path.js';
import { findPrograms } from '../programs.js';
import { expectBytes, pty, Scene, socket, uuid } from './scene.js';

for (const daemon of ['xenstored', 'oxenstored'] as const)
  describe(`attach and detach, with ${daemon}`, function () {
    const programs = findPrograms();
    let scene: Scene;
    let three: readonly Channel[];
    let before: readonly string[];

    beforeEach(async function () {
      if (!programs) return this.skip();
      scene = await Scene.start(programs, daemon);
      before = await scene.dump();
      three = [
        socket('org.qemu.guest_agent.0', join(scene.folder, 'agent')),
        pty('console'),
        { name: 'log', connection: { kind: 'file', path: join(scene.folder, 'file'), append: true } },
      ];
    });
    afterEach(async () => {
      for (const { pid } of await startedQemus(qemuDirectory())) process.kill(pid, 'SIGKILL');
      await scene[Symbol.asyncDispose]();
    });

    const qemuDirectory = (): string => qemuDirectoryOf(join(scene.runtime, uuid));

    /** Expects that nothing of virt2xen remains in xenstore, among the processes and in the file system. */
    async function expectNothingLeft(): Promise<void> {
      expect(await scene.dump()).to.deep.equal(before);
      expect(await startedQemus(qemuDirectory())).to.deep.equal([]);
      expect(readdirSync(scene.folder).filter((name) => name !== 'file')).to.deep.equal([]);
      expect(readdirSync(scene.runtime)).to.deep.equal([]);
    }

    it('create channels of three kinds with our own QEMU, and remove them without a trace', async () => {
      const made = await attach(scene.host(), scene.domain, three);
      expect(made.diagnostics).to.deep.equal([]);
      expect(made.backend).to.equal('qemu');
      expect(made.channels.map(({ devid, name, change }) => [devid, name, change])).to.deep.equal([
        [1, 'org.qemu.guest_agent.0', 'created'],
        [2, 'console', 'created'],
        [3, 'log', 'created'],
      ]);
      const tty = made.channels[1] && 'path' in made.channels[1] ? made.channels[1].path : undefined;
      expect(lstatSync(tty ?? '').isCharacterDevice()).to.equal(true);

      const inside = (await scene.guest.openConsole(1)).setEncoding('utf8');
      await expectBytes(inside, join(scene.folder, 'agent'));
      inside.destroy();

      const { removed } = await detach(scene.host(), scene.domain);
      expect(removed).to.deep.equal(['org.qemu.guest_agent.0', 'console', 'log']);
      await expectNothingLeft();
      expect((await detach(scene.host(), scene.domain)).removed).to.deep.equal([]);
      await expectNothingLeft();
    });

    it('change nothing the second time', async () => {
      await attach(scene.host(), scene.domain, three);
      const [store, qemu] = [await scene.dump(), await runningQemu(qemuDirectory())];
      const steps: string[] = [];
      const again = await attach(
        scene.host({
          onStep: (step) => {
            steps.push(step);
          },
        }),
        scene.domain,
        three,
      );
      expect(again.channels.map(({ change }) => change)).to.deep.equal([
        'unchanged',
        'unchanged',
        'unchanged',
      ]);
      expect(await scene.dump()).to.deep.equal(store);
      expect(await runningQemu(qemuDirectory())).to.deep.equal(qemu);
      expect(steps).to.deep.equal(['finish backend qemu with 3 channels']);
      await detach(scene.host(), scene.domain);
      await expectNothingLeft();
    });

    it('change only what differs', async () => {
      await attach(scene.host(), scene.domain, three);
      const [qemu, store] = [
        await runningQemu(qemuDirectory()),
        await scene.dump('/local/domain/7/device/console/2'),
      ];
      const [, second] = three;
      const changed = [
        socket('org.qemu.guest_agent.0', join(scene.folder, 'elsewhere')),
        second!,
        pty('new'),
      ];
      const result = await attach(scene.host(), scene.domain, changed);
      expect(result.channels.map(({ devid, name, change }) => [devid, name, change])).to.deep.equal([
        [1, 'org.qemu.guest_agent.0', 'changed'],
        [2, 'console', 'unchanged'],
        [3, 'new', 'created'],
      ]);
      expect(result.removed).to.deep.equal(['log']);
      expect(readdirSync(scene.folder).toSorted()).to.deep.equal(['elsewhere', 'file']);
      expect(await scene.dump('/local/domain/7/device/console/2')).to.deep.equal(store);
      expect(await runningQemu(qemuDirectory())).to.deep.equal(qemu);
      expect((await detach(scene.host(), scene.domain, ['console'])).removed).to.deep.equal(['console']);
      expect(await scene.store.directory(xenstorePath('/libxl/7/device/console'))).to.deep.equal(['1', '3']);
      await detach(scene.host(), scene.domain);
      await expectNothingLeft();
    });

    it('restart a dead QEMU while the guest continues', async () => {
      await attach(scene.host(), scene.domain, three);
      const inside = await scene.guest.openConsole(1);
      const { pid } = (await runningQemu(qemuDirectory()))!;
      process.kill(pid, 'SIGKILL');
      const result = await attach(scene.host(), scene.domain, three);
      expect(result.channels.map(({ change }) => change)).to.deep.equal([
        'restarted',
        'restarted',
        'restarted',
      ]);
      // The new QEMU connects to the ring without help of the guest. (With a real Xen, notifications of the guest
      // would reach it; here the event channel has a new pipe.)
      await scene.store.waitFor(
        xenstorePath('/local/domain/0/backend/console/7/1/state'),
        (state) => state === '4',
      );
      expect(await scene.store.read(xenstorePath('/local/domain/7/device/console/1/state'))).to.equal('4');
      const outside = createConnection(join(scene.folder, 'agent'));
      await once(outside, 'connect');
      for (const end of [inside, outside]) end.destroy();
      await detach(scene.host(), scene.domain);
      await expectNothingLeft();
    });

    it("use the domain's device model, and do not stop it", async () => {
      await scene.startDeviceModel();
      before = await scene.dump();
      const result = await attach(scene.host(), scene.domain, three);
      expect(result.backend).to.equal('device-model');
      expect(existsSync(qemuDirectory())).to.equal(false);
      const inside = (await scene.guest.openConsole(1)).setEncoding('utf8');
      await expectBytes(inside, join(scene.folder, 'agent'));
      inside.destroy();
      await detach(scene.host(), scene.domain);
      await expectNothingLeft();
    });

    it('preserve existing channels if a new one cannot be created', async () => {
      await attach(scene.host(), scene.domain, three);
      const store = await scene.dump();
      const bad = {
        name: 'bad',
        connection: { kind: 'file', path: '/no/such/directory/f', append: false },
      } as const;
      const error: unknown = await attach(scene.host(), scene.domain, [...three, bad]).catch(
        (thrown: unknown) => thrown,
      );
      expect(String(error)).to.contain('/no/such/directory/f');
      expect(await scene.dump()).to.deep.equal(store);
      expect(
        (await attach(scene.host(), scene.domain, three)).channels.map(({ change }) => change),
      ).to.deep.equal(['unchanged', 'unchanged', 'unchanged']);
      await detach(scene.host(), scene.domain);
      await expectNothingLeft();
      const first: unknown = await attach(scene.host(), scene.domain, [bad]).catch(
        (thrown: unknown) => thrown,
      );
      expect(String(first)).to.contain('Could not open');
      await expectNothingLeft();
    });

    it('hide host paths from the guest', async () => {
      await attach(scene.host(), scene.domain, three);
      const visible: string[] = [];
      for (const top of ['/local/domain/7', '/local/domain/0/backend/console/7'])
        visible.push(...(await scene.dump(top)));
      expect(visible.filter((line) => line.includes(scene.folder))).to.deep.equal([]);
      expect(readFileSync(join(scene.runtime, uuid, 'channels.json'), 'utf8')).to.contain(scene.folder);
    });
  });

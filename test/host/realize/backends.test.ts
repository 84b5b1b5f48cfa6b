import { expect } from 'chai';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { backendCalled } from '../../../lib/realize/backends/choose.js';
import { attach } from '../../../lib/realize/host/attach.js';
import { below, xenstorePath } from '../../../lib/realize/xenstore/path.js';
import { domId } from '../../../lib/realize/domid.js';
import { readPermissions } from '../../../lib/realize/xenstore/permissions.js';
import { findPrograms } from '../programs.js';
import { keepsTheContract } from './contract.js';
import { asLibxlMakesIt, pty, Scene, socket, uuid } from './scene.js';

const example = resolve('docs/example-backend.mjs');
const stubdomid = 9;

/** A domain that could be a driver domain or a stubdomain; it does nothing. */
async function startOther(scene: Scene): Promise<void> {
  scene.dom0.createDomain(stubdomid);
  await scene.store.mkdir(xenstorePath(`/local/domain/${stubdomid}`));
  await asLibxlMakesIt(scene.store, domId(stubdomid), 'other', '99999999-89ab-cdef-0123-456789abcdef');
}

const argumentsNode = (form: 'numbered' | 'joined', number: string) =>
  xenstorePath(form === 'joined' ? `/vm/${uuid}/image/dmargs` : `/vm/${uuid}/image/dm-argv/${number}`);

const stubdomain = (form: 'numbered' | 'joined') => async (scene: Scene) => {
  await startOther(scene);
  const { store } = scene;
  await store.write(xenstorePath('/local/domain/7/image/device-model-domid'), String(stubdomid));
  const words = ['-xen-domid', '7', '-nodefaults'];
  if (form === 'joined') await store.write(argumentsNode(form, ''), words.join('\x1b'));
  else
    for (const [index, word] of words.entries())
      await store.write(argumentsNode(form, `00${index + 1}`), word);
  const nodes =
    form === 'joined' ? [argumentsNode(form, '')] : words.map((_, i) => argumentsNode(form, `00${i + 1}`));
  if (form === 'numbered') nodes.push(xenstorePath(`/vm/${uuid}/image/dm-argv`));
  for (const node of nodes) await store.setPermissions(node, readPermissions(['n0', `r${stubdomid}`]));
};

keepsTheContract('a QEMU of our own', { backend: 'qemu' });
keepsTheContract('the device model', {
  backend: 'device-model',
  prepare: (scene) => scene.startDeviceModel(),
});
keepsTheContract('a driver domain', {
  backend: 'driver-domain',
  backendDomain: 'other',
  prepare: startOther,
});
for (const form of ['numbered', 'joined'] as const) {
  keepsTheContract(`a stubdomain with ${form} arguments`, {
    backend: 'stubdomain',
    prepare: stubdomain(form),
  });
}
keepsTheContract('a stubdomain that runs', {
  backend: 'stubdomain',
  prepare: async (scene) => {
    await startOther(scene);
    // libxl forwards the monitor of the stubdomain to the path of a device model's monitor in dom0.
    await scene.startDeviceModel();
    const image = xenstorePath('/local/domain/7/image');
    await scene.store.remove(below(image, 'device-model-pid'));
    await scene.store.write(below(image, 'device-model-domid'), String(stubdomid));
    await scene.store.write(xenstorePath(`/local/domain/${stubdomid}/device-model/7/state`), 'running');
  },
});

describe('the example plug-in', () => {
  const directory = join(tmpdir(), `v2x-example-${process.pid}`);
  before(() => {
    process.env['EXAMPLE_CONSOLED_DIR'] = directory;
  });
  after(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  keepsTheContract('a plug-in', { backend: example });

  it('is loaded by its path; a module that is not a backend is rejected', async () => {
    expect((await backendCalled(example)).name).to.equal(example);
    for (const [name, why] of [
      ['./no-such-file.mjs', 'cannot load backend'],
      [resolve('package.json'), 'does not export a backend'],
      ['node:path', 'does not export a backend'],
    ] as const) {
      const error: unknown = await backendCalled(name).catch((thrown: unknown) => thrown);
      expect(String(error), name).to.contain(why);
      expect(error).to.include({ failure: 'backend' });
    }
  });
});

describe('auto', function () {
  const programs = findPrograms();
  let scene: Scene;
  beforeEach(async function () {
    if (!programs) return this.skip();
    scene = await Scene.start(programs);
  });
  afterEach(() => scene[Symbol.asyncDispose]());

  it('passes chardevs to a stubdomain before it starts, in the form that it supports', async () => {
    for (const form of ['numbered', 'joined'] as const) {
      await using fresh = await Scene.start(programs!);
      await stubdomain(form)(fresh);
      const { backend } = await attach(fresh.host(), fresh.domain, [pty('p')]);
      expect(backend).to.equal('stubdomain');
      const option = 'pty,id=virt2xen-channel1';
      if (form === 'joined') {
        expect(await fresh.store.read(argumentsNode(form, ''))).to.equal(
          ['-xen-domid', '7', '-nodefaults', '-chardev', option].join('\x1b'),
        );
      } else {
        expect(await fresh.store.read(argumentsNode(form, '004'))).to.equal('-chardev');
        expect(await fresh.store.read(argumentsNode(form, '005'))).to.equal(option);
      }
      const backendPath = xenstorePath(`/local/domain/${stubdomid}/backend/console/7/1/frontend`);
      expect(await fresh.store.read(backendPath)).to.equal('/local/domain/7/device/console/1');
    }
  });

  it('lets the domain that a channel names serve it, with a path that only the backend can read', async () => {
    await startOther(scene);
    const path = join(scene.folder, 'a');
    const channels = [{ ...socket('a', path), backendDomain: 'other' }, pty('b')];
    const { channels: made } = await attach(scene.host(), scene.domain, channels);
    expect(made.map((channel) => 'backend' in channel && channel.backend)).to.deep.equal([
      'driver-domain',
      'qemu',
    ]);
    const dump = await scene.dump(`/local/domain/${stubdomid}/backend/console/7/1`);
    expect(dump).to.include(
      `/local/domain/${stubdomid}/backend/console/7/1/path = "${path}" (n${stubdomid})`,
    );
    const refused = await attach(scene.host(), scene.domain, [{ ...pty('x'), backendDomain: 'nobody' }]);
    expect(refused.diagnostics.map(({ code }) => code)).to.deep.equal(['channel-attach']);
  });

  it('never starts a second QEMU beside a device model', async () => {
    await scene.startDeviceModel();
    const error: unknown = await attach(scene.host(), scene.domain, [pty('a')], { backend: 'qemu' }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).to.include({ failure: 'backend' });
    expect(String(error)).to.contain('a second QEMU would conflict');
  });
});

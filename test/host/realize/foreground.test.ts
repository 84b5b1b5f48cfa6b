import { expect } from 'chai';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Channel } from '../../../lib/index.js';
import { detach } from '../../../lib/realize/host/detach.js';
import { keepAttached } from '../../../lib/realize/host/foreground.js';
import { qemuDirectoryOf } from '../../../lib/realize/dom0/directory.js';
import { runningQemu, startedQemus } from '../../../lib/realize/qemu/pid.js';
import type { End, SupervisionEvent } from '../../../lib/realize/supervise.js';
import { xenstorePath } from '../../../lib/realize/xenstore/path.js';
import { findPrograms } from '../programs.js';
import { domid, expectBytes, pty, Scene, socket, uuid } from './scene.js';

const backendState = xenstorePath(`/local/domain/0/backend/console/${domid}/1/state`);
const frontend = `/local/domain/${domid}/device/console/1`;

describe('attach in the foreground', function () {
  const programs = findPrograms();
  let scene: Scene;
  let channels: readonly Channel[];
  let before: readonly string[];
  let stop: AbortController;
  let events: SupervisionEvent[];
  let happened: () => void;
  let ended: Promise<End>;

  beforeEach(async function () {
    if (!programs) return this.skip();
    scene = await Scene.start(programs);
    before = await scene.dump();
    channels = [socket('agent', join(scene.folder, 'agent')), pty('console')];
    stop = new AbortController();
    events = [];
    happened = () => undefined;
    const attachment = { domain: scene.domain, channels };
    ended = keepAttached(scene.host(), attachment, stop.signal, (event) => {
      events.push(event);
      happened();
    });
    // A test can fail before it awaits the result.
    ended.catch(() => undefined);
    await told('attached', 1);
  });
  afterEach(async () => {
    stop.abort();
    await ended.catch(() => undefined);
    for (const { pid } of await startedQemus(qemuDirectory())) process.kill(pid, 'SIGKILL');
    await scene[Symbol.asyncDispose]();
  });

  const qemuDirectory = (): string => qemuDirectoryOf(join(scene.runtime, uuid));
  const qemuPid = async (): Promise<number> => (await runningQemu(qemuDirectory()))?.pid ?? 0;

  /** Waits until an event was reported a number of times. */
  async function told(name: SupervisionEvent['event'], times: number): Promise<void> {
    while (events.filter(({ event }) => event === name).length < times) {
      await Promise.race([new Promise<void>((resolve) => (happened = resolve)), ended]);
    }
  }

  async function expectNothingLeft(): Promise<void> {
    expect(await scene.dump()).to.deep.equal(before);
    expect(await startedQemus(qemuDirectory())).to.deep.equal([]);
    expect(readdirSync(scene.folder)).to.deep.equal([]);
    expect(readdirSync(scene.runtime)).to.deep.equal([]);
  }

  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    it(`restarts QEMU if it ends with ${signal}, and the guest continues unaffected`, async () => {
      const inside = (await scene.guest.openConsole(1)).setEncoding('utf8');
      await expectBytes(inside, join(scene.folder, 'agent'));
      const [guests, pid] = [await scene.dump(frontend), await qemuPid()];

      for (const time of [1, 2]) {
        process.kill(await qemuPid(), signal);
        await told('restarted', time);
        await scene.store.waitFor(backendState, (state) => state === '4');
        await expectBytes(inside, join(scene.folder, 'agent'));
      }
      expect(await qemuPid()).not.to.equal(pid);
      expect(await scene.dump(frontend)).to.deep.equal(guests);
      expect(events.map(({ event }) => event)).to.deep.equal([
        ...['attached', 'unserved', 'restarted', 'unserved', 'restarted'],
      ]);
      inside.destroy();
    });
  }

  it('detaches cleanly on a signal', async () => {
    stop.abort();
    expect(await ended).to.equal('stopped');
    await expectNothingLeft();
  });

  it('detaches cleanly on a signal just after QEMU has died', async () => {
    process.kill(await qemuPid(), 'SIGKILL');
    await told('unserved', 1);
    stop.abort();
    expect(await ended).to.equal('stopped');
    await expectNothingLeft();
  });

  it('ends with the domain, and leaves nothing of it behind', async () => {
    await scene.destroyDomain();
    expect(await ended).to.equal('domain-ended');
    expect(await startedQemus(qemuDirectory())).to.deep.equal([]);
    expect(readdirSync(scene.runtime)).to.deep.equal([]);
    expect((await scene.dump()).filter((line) => line.includes(`/${domid}`))).to.deep.equal([]);
  });

  it('ends with a domain that is destroyed before its channels exist', async () => {
    stop.abort();
    await ended;
    const steps: string[] = [];
    const host = scene.host({
      onStep: async (step) => {
        if (steps.push(step) === 2) await scene.destroyDomain();
      },
    });
    const seen: SupervisionEvent[] = [];
    const attachment = { domain: scene.domain, channels };
    const end = await keepAttached(host, attachment, new AbortController().signal, (event) =>
      seen.push(event),
    );
    expect(end).to.equal('domain-ended');
    expect(seen).to.deep.equal([{ event: 'ended', why: 'domain-ended' }]);
    expect(readdirSync(scene.runtime)).to.deep.equal([]);
    expect(readdirSync(scene.folder)).to.deep.equal([]);
  });

  it('ends when the hypervisor reports that the domain has died, even if its nodes remain', async () => {
    scene.dom0.destroyDomain(domid);
    expect(await ended).to.equal('domain-ended');
    expect(await startedQemus(qemuDirectory())).to.deep.equal([]);
  });

  it('ends when another process detaches', async () => {
    await detach(scene.host(), scene.domain);
    expect(await ended).to.equal('detached');
    await expectNothingLeft();
  });
});

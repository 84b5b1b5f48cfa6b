import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Channel } from '../../../lib/index.js';
import { attach } from '../../../lib/realize/host/attach.js';
import { detach } from '../../../lib/realize/host/detach.js';
import { qemuDirectoryOf } from '../../../lib/realize/dom0/directory.js';
import { startedQemus } from '../../../lib/realize/qemu/pid.js';
import { findPrograms } from '../programs.js';
import type { Task } from './attach-and-die.js';
import { domid, pty, Scene, socket, uuid } from './scene.js';

const program = fileURLToPath(new URL('attach-and-die.ts', import.meta.url));
const tsx = resolve('node_modules/tsx/dist/esm/index.mjs');

/** Milliseconds after the start of a step: immediately, and in the middle of it. */
const moments = [0, 15, 60];

type Model = 'a QEMU of its own' | 'the device model';

describe('an attach or detach that is killed', function () {
  // About 200 programs are started one after another.
  this.timeout(900_000);
  const programs = findPrograms();
  let scene: Scene;
  let before: readonly string[];
  let first: readonly Channel[];
  let second: readonly Channel[];

  beforeEach(async function () {
    if (!programs) return this.skip();
    scene = await Scene.start(programs);
    const at = (name: string): string => join(scene.folder, name);
    first = [socket('agent', at('agent')), pty('console')];
    second = [socket('agent', at('other')), pty('console'), socket('more', at('more'))];
  });
  afterEach(async () => {
    for (const { pid } of await startedQemus(qemuDirectory())) process.kill(pid, 'SIGKILL');
    await scene[Symbol.asyncDispose]();
  });

  const qemuDirectory = (): string => qemuDirectoryOf(join(scene.runtime, uuid));

  /** @returns whether it was killed; otherwise it had finished before */
  function die(what: Task['what'], channels: readonly Channel[], step: number, lateMs: number): boolean {
    const task: Task = {
      socket: scene.dom0.socket,
      runtime: scene.runtime,
      qmp: scene.dom0.machine,
      qemu: programs!.qemu,
      environment: scene.dom0.environment,
      domain: String(domid),
      ...{ what, channels, step, lateMs },
    };
    const { signal, status, stderr } = spawnSync(
      process.execPath,
      ['--import', tsx, program, JSON.stringify(task)],
      { encoding: 'utf8' },
    );
    if (signal !== 'SIGKILL') expect(status, stderr).to.equal(0);
    return signal === 'SIGKILL';
  }

  async function expectNothingLeft(when: string): Promise<void> {
    expect(await scene.dump(), when).to.deep.equal(before);
    expect(await startedQemus(qemuDirectory()), when).to.deep.equal([]);
    expect(readdirSync(scene.folder), when).to.deep.equal([]);
    expect(readdirSync(scene.runtime), when).to.deep.equal([]);
  }

  /** Runs something and kills it at each step, until it finishes. @returns how often it was killed */
  async function atEveryStep(run: (step: number, lateMs: number) => Promise<boolean>): Promise<number> {
    let killed = 0;
    for (let step = 0; ; step += 1) {
      const deaths: boolean[] = [];
      for (const lateMs of moments) deaths.push(await run(step, lateMs));
      killed += deaths.filter(Boolean).length;
      if (!deaths[0]) return killed;
    }
  }

  async function expectAll(when: string, model: Model): Promise<void> {
    const { channels } = await attach(scene.host(), scene.domain, second);
    expect(
      channels.map(({ name }) => name),
      when,
    ).to.deep.equal(['agent', 'console', 'more']);
    expect(await startedQemus(qemuDirectory()), when).to.have.length(model === 'the device model' ? 0 : 1);
    expect(readdirSync(scene.folder).toSorted(), when).to.deep.equal(['more', 'other']);
    const again = await attach(scene.host(), scene.domain, second);
    expect(new Set(again.channels.map(({ change }) => change)), when).to.deep.equal(new Set(['unchanged']));
  }

  for (const model of ['a QEMU of its own', 'the device model'] satisfies readonly Model[]) {
    it(`at any step is finished or undone by the next one, with ${model}`, async () => {
      if (model === 'the device model') await scene.startDeviceModel();
      before = await scene.dump();
      const killed = await atEveryStep(async (step, lateMs) => {
        const when = `killed at step ${step}, ${lateMs} ms late`;
        // Without existing channels: the next attach finishes, or the next detach undoes.
        const inFirst = die('attach', second, step, lateMs);
        await expectAll(when, model);
        await detach(scene.host(), scene.domain);
        await expectNothingLeft(when);
        const undone = die('attach', first, step, lateMs);
        await detach(scene.host(), scene.domain);
        await expectNothingLeft(when);
        // With existing channels: a change, and detaching.
        await attach(scene.host(), scene.domain, first);
        const inChange = die('attach', second, step, lateMs);
        await expectAll(when, model);
        const inDetach = die('detach', [], step, lateMs);
        if (step % 2 === 0) await expectAll(when, model);
        await detach(scene.host(), scene.domain);
        await expectNothingLeft(when);
        return inFirst || undone || inChange || inDetach;
      });
      expect(killed).to.be.greaterThan(10);
    });
  }
});

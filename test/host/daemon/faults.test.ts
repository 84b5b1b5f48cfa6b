import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join, resolve } from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { qemuDirectoryOf } from '../../../lib/realize/dom0/directory.js';
import { runningQemu, startedQemus, waitForEnd } from '../../../lib/realize/qemu/pid.js';
import { findPrograms } from '../programs.js';
import { expectBytes, Scene, uuid } from '../realize/scene.js';
import { treeNow } from '../../lab/results.js';
import { markdownTable, writeSection } from '../../report-section.js';
import { say } from '../../requirements.js';
import { Cut, documentsOf, Keeper, writeDocument } from './keeper.js';
import type { Task } from './keep-and-die.js';

/** How often each fault happens, in percent of the full counts, which take an hour (default: 1). */
const percent = Number(process.env['V2X_FAULTS'] ?? 1);
const part = (full: number): number => Math.ceil((full * percent) / 100);
const counts = { deaths: part(1000), exits: part(200), cuts: part(500) };

const seed = Number(process.env['V2X_SEED'] ?? Date.now() % 0x7fffffff);

/** Numbers from 0 to 1 that a seed determines (Park and Miller). */
function* randoms(): Generator<number, never> {
  for (let state = seed || 1; ;) {
    state = (state * 48271) % 0x7fffffff;
    yield state / 0x7fffffff;
  }
}

/** What is there after a fault has happened a number of times. */
interface Result {
  readonly fault: string;
  readonly times: number;
  /** The sockets of desired channels. */
  readonly present: readonly string[];
  /** What is left without desired channels, sockets with the directories and files of the daemon. */
  readonly left: Readonly<Record<'keys' | 'sockets' | 'processes', readonly unknown[]>>;
}

const pageOf = (results: readonly Result[]): string => `\
Written by \`npm run test:faults\`, commit ${treeNow()}.

${markdownTable(
  ['Fault', 'Times', 'Channels then, of 2', 'Keys left', 'Sockets and files left', 'Processes left'],
  results.map(({ fault, times, present, left }) => [
    fault,
    ...[times, present.length, left.keys.length, left.sockets.length, left.processes.length].map(String),
  ]),
)}`;

const program = fileURLToPath(new URL('keep-and-die.ts', import.meta.url));
const tsx = resolve('node_modules/tsx/dist/esm/index.mjs');

describe('the daemon under faults', function () {
  this.timeout(300_000 * Math.ceil(percent));
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

  const report: Result[] = [];
  // Only a run with the full counts is worth a page.
  after(async () => {
    if (percent !== 100 || report.length !== 3) return;
    await writeSection('docs/daemon-report.md', '## Faults', pageOf(report));
  });

  const qemuDirectory = (): string => qemuDirectoryOf(join(scene.runtime, uuid));
  const path = (name: string): string => join(scene.folder, name);
  const states = [['agent', 'x'], ['agent', 'y'], undefined] as const;

  function desire(names: readonly string[] | undefined): void {
    if (names) writeDocument(scene, names);
    else rmSync(join(documentsOf(scene), 'guest.cfg'), { force: true });
  }

  /** Everything that is desired exists, and is used once; then nothing of it is left. */
  async function expectSound(fault: string, times: number): Promise<void> {
    desire(['agent', 'x']);
    const keeper = await Keeper.start(scene);
    await keeper.daemon.workOn(uuid);
    const present = readdirSync(scene.folder).toSorted();
    expect(present).to.deep.equal(['agent', 'x']);
    expect(await startedQemus(qemuDirectory())).to.have.length(1);
    const inside = (await scene.guest.openConsole(1)).setEncoding('utf8');
    await expectBytes(inside, path('agent'));
    inside.destroy();
    desire(undefined);
    await keeper.told('channel-removed', 2);
    await keeper.stop();
    const after = await scene.dump();
    const left = {
      keys: [
        ...after.filter((line) => !before.includes(line)),
        ...before.filter((line) => !after.includes(line)),
      ],
      sockets: [...readdirSync(scene.folder), ...readdirSync(scene.runtime)],
      processes: await startedQemus(qemuDirectory()),
    };
    expect(left).to.deep.equal({ keys: [], sockets: [], processes: [] });
    report.push({ fault, times, present, left });
  }

  it(`killed ${counts.deaths} times at steps of a pass, leaves nothing that the next one does not use or remove`, async () => {
    let [killed, step, last] = [0, 0, 0];
    desire(['agent']);
    for (let round = 0; killed < counts.deaths; round += 1) {
      desire(states[round % states.length]);
      const task: Task = {
        socket: scene.dom0.socket,
        documents: documentsOf(scene),
        runtime: scene.runtime,
        qmp: scene.dom0.machine,
        qemu: programs!.qemu,
        environment: scene.dom0.environment,
        step,
      };
      const child = spawn(process.execPath, ['--import', tsx, program, JSON.stringify(task)], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      const [status, signal] = (await once(child, 'exit')) as [number | null, string | null];
      expect([status, signal], `round ${round}`).to.be.deep.oneOf([
        [null, 'SIGKILL'],
        [0, null],
      ]);
      if (signal !== null) killed += 1;
      last = Math.max(last, step);
      // A pass has as many steps as there is to do: after the last one, from the first again.
      step = signal === null ? 0 : step + 1;
      expect((await startedQemus(qemuDirectory())).length, `round ${round}`).to.be.at.most(1);
    }
    say(`killed ${killed} times, at steps up to ${last}`);
    await expectSound(`the daemon is killed at one of ${last} steps of a pass`, killed);
  });

  /** Reads what the killed QEMU has left in the ring, which the next one passes on if it has a client. */
  async function readRest(inside: Duplex, socketPath: string): Promise<void> {
    const outside = createConnection(socketPath).setEncoding('utf8');
    let said = '';
    const ended = new Promise<void>((resolve) => {
      outside.on('data', (text: string) => {
        said += text;
        if (said.endsWith('.')) resolve();
      });
    });
    await once(outside, 'connect');
    outside.write('go on');
    await once(inside, 'data');
    inside.write('.');
    await ended;
    outside.destroy();
  }

  it(`serves the guest again after each of ${counts.exits} kills of QEMU under load`, async () => {
    desire(['agent', 'x']);
    const keeper = await Keeper.start(scene, { steadyMs: 0 });
    await keeper.daemon.workOn(uuid);
    const inside = (await scene.guest.openConsole(1)).setEncoding('utf8');
    for (let time = 1; time <= counts.exits; time += 1) {
      await expectBytes(inside, path('agent'));
      const qemu = await runningQemu(qemuDirectory());
      // More than the ring holds is on its way to a host that does not read.
      inside.write('x'.repeat(1000));
      process.kill(qemu?.pid ?? 0, 'SIGKILL');
      await waitForEnd(qemu!, 5000);
      await keeper.told('qemu-restarted', 2 * time);
      await readRest(inside, path('agent'));
      expect(await startedQemus(qemuDirectory())).to.have.length(1);
    }
    inside.destroy();
    await keeper.stop();
    await expectSound('QEMU is killed while data is on its way', counts.exits);
  });

  it(`reaches the desired state although its connection to xenstored is cut ${counts.cuts} times (seed ${seed})`, async () => {
    const random = randoms();
    await using cut = new Cut(scene);
    const keeper = await Keeper.start(scene, { storePath: cut.path });
    for (let time = 0; time < counts.cuts; time += 1) {
      desire(states[time % states.length]);
      await delay(random.next().value * 300);
      cut.cut();
      await keeper.told('store-connected', time + 2);
    }
    await keeper.stop();
    expect(await startedQemus(qemuDirectory())).to.have.length.at.most(1);
    await cut[Symbol.asyncDispose]();
    await expectSound('the connection to xenstored is cut at random', counts.cuts);
  });
});

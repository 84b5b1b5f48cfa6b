/**
 * Tests the contract of a backend, ours or a plug-in (lib/realize/backends/backend.ts): call `keepsTheContract` with
 * the name or path of the backend and what it requires.
 */
import { expect } from 'chai';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Channel } from '../../../lib/index.js';
import { Report } from '../../../lib/diagnostics/diagnostic.js';
import { backendCalled } from '../../../lib/realize/backends/choose.js';
import type { Endpoints } from '../../../lib/realize/backends/backend.js';
import { domId } from '../../../lib/realize/domid.js';
import { attach } from '../../../lib/realize/host/attach.js';
import { detach } from '../../../lib/realize/host/detach.js';
import { listDomains } from '../../../lib/realize/dom0/domain.js';
import { lockDirectory } from '../../../lib/realize/host/lock.js';
import { directoryOf } from '../../../lib/realize/dom0/directory.js';
import { removeRecord } from '../../../lib/realize/host/record.js';
import { plan, type PlannedChannel } from '../../../lib/realize/plan.js';
import { privateAccess } from '../../../lib/realize/qemu/access.js';
import { findPrograms } from '../programs.js';
import { Scene, socket } from './scene.js';

export interface Candidate {
  /** The value of `--backend`. */
  readonly backend: string;
  /** Starts the program or domain that serves the domain. */
  readonly prepare?: (scene: Scene) => Promise<void>;
  /** The backend domain of all channels. */
  readonly backendDomain?: string;
}

export function keepsTheContract(title: string, candidate: Candidate): void {
  describe(`${title} fulfils the contract of a backend`, function () {
    const programs = findPrograms();
    let scene: Scene;
    let channels: readonly Channel[];
    let before: readonly string[];

    beforeEach(async function () {
      if (!programs) return this.skip();
      scene = await Scene.start(programs);
      await candidate.prepare?.(scene);
      before = await scene.dump();
      const { backendDomain } = candidate;
      channels = ['a', 'b', 'c'].map((name) => ({
        ...socket(name, join(scene.folder, name)),
        ...(backendDomain !== undefined && { backendDomain }),
      }));
    });
    afterEach(() => scene[Symbol.asyncDispose]());

    async function expectNothingLeft(): Promise<void> {
      expect(await scene.dump()).to.deep.equal(before);
      expect(readdirSync(scene.folder)).to.deep.equal([]);
    }

    /** Only the host endpoints, without keys. */
    async function withEnds(
      work: (ends: Endpoints, planned: readonly PlannedChannel[]) => Promise<void>,
    ): Promise<void> {
      const backend = await backendCalled(candidate.backend);
      const [host, report] = [scene.host(), new Report()];
      const named = candidate.backendDomain !== undefined;
      const options = {
        servedBy: backend,
        backendDomid: named ? domId(0) : await backend.domidFor(scene.domain, host),
        backendDomains: new Map((await listDomains(scene.store)).map(({ name, domid }) => [name, domid])),
      };
      const { channels: planned } = plan(channels, scene.domain, options, report);
      expect(report.diagnostics).to.deep.equal([]);
      const directory = directoryOf(scene.runtime, scene.domain.uuid);
      const lock = await lockDirectory(directory, 1);
      await work(
        await backend.open({ host, domain: scene.domain, directory, access: privateAccess }),
        planned,
      );
      await removeRecord(directory);
      await lock[Symbol.asyncDispose]();
    }

    const working = async (ends: Endpoints, planned: readonly PlannedChannel[]): Promise<readonly number[]> =>
      [...(await ends.look(planned)).working.keys()].toSorted();

    it('reports what it cannot serve, and requests keys for one output per channel', async () => {
      const { keysOf, unsupportedReason } = await backendCalled(candidate.backend);
      await withEnds(async (_, planned) => {
        const outputs = planned.map((channel) => keysOf(channel).output);
        expect(new Set(outputs).size).to.equal(planned.length);
        for (const channel of planned) expect(unsupportedReason(channel)).to.equal(undefined);
        return Promise.resolve();
      });
    });

    it('creates endpoints, recreates existing ones, and removes them, repeatedly', async () => {
      await withEnds(async (ends, planned) => {
        await ends.make(planned);
        expect(await working(ends, planned)).to.deep.equal([1, 2, 3]);
        await ends.make(planned.slice(0, 2));
        expect(await working(ends, planned)).to.deep.equal([1, 2, 3]);
        await ends.remove(planned);
        await ends.remove(planned);
        await ends.finish([]);
        await ends.finish([]);
      });
      await expectNothingLeft();
    });

    it('removes endpoints that never existed, and preserves those that it is told to preserve', async () => {
      await withEnds(async (ends, planned) => {
        await ends.remove(planned);
        await ends.make(planned.slice(0, 2));
        await ends.remove(planned.slice(1));
        await ends.finish(planned.slice(0, 1));
        expect(await working(ends, planned.slice(0, 1))).to.deep.equal([1]);
        await ends.remove(planned);
        await ends.finish([]);
      });
      await expectNothingLeft();
    });

    it('attaches, changes nothing the second time, and detaches without a trace', async () => {
      const { backend } = candidate;
      const made = await attach(scene.host(), scene.domain, channels, { backend });
      expect(made.channels.map(({ change }) => change)).to.deep.equal(['created', 'created', 'created']);
      const store = await scene.dump();
      const again = await attach(scene.host(), scene.domain, channels, { backend });
      expect(again.channels.map(({ change }) => change)).to.deep.equal([
        'unchanged',
        'unchanged',
        'unchanged',
      ]);
      expect(await scene.dump()).to.deep.equal(store);
      await detach(scene.host(), scene.domain, ['b']);
      await detach(scene.host(), scene.domain);
      await expectNothingLeft();
      expect(readdirSync(scene.runtime)).to.deep.equal([]);
    });
  });
}

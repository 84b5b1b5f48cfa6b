import { domId, type DomId } from '../domid.js';
import { isThere, type RunningDomain } from '../dom0/domain.js';
import { RealizeError } from '../error.js';
import { homeOf } from '../keys.js';
import type { PlannedChannel } from '../plan.js';
import { chardevBackend, chardevOption } from '../../qemu-syntax/chardev.js';
import type { QemuVersion } from '../../qemu-syntax/version.js';
import { withQmp, type QmpClient } from '../qmp/client.js';
import { chardevAdd, queryChardev } from '../qmp/commands.js';
import { servedByQemu, chardevIdOf } from '../served-by.js';
import type { Nodes } from '../xenstore/nodes.js';
import { below } from '../xenstore/path.js';
import type { Backend, BackendGiven, Endpoints } from './backend.js';
import { removeChardev } from './qmp-ends.js';
import {
  hasChardev,
  readArguments,
  withChardevs,
  withoutChardevs,
  writeArguments,
} from './stubdomain-arguments.js';

/** The oldest supported QEMU in a Linux stubdomain: newer ones accept its options, too. */
const oldestQemu: QemuVersion = { major: 7, minor: 2, micro: 0, package: '' };

/** The other end of the monitor is in another domain, behind a proxy. */
const qmpTimeoutMs = 30_000;

/**
 * The device model in a stubdomain. Before it starts, chardevs are added to its arguments; afterwards, through its
 * monitor, which libxl forwards to dom0. Its sockets and files are in the stubdomain, not in dom0, and have no mode
 * and owner there.
 */
export const stubdomainBackend: Backend = {
  ...servedByQemu('stubdomain'),
  domidFor: (domain, { store }) => stubdomainOf(store, domain),
  open: async (given) => {
    const { host, domain } = given;
    return (await isThere(host.store, domain)) ? endsOf(given, await stubdomainOf(host.store, domain)) : gone;
  },
};

/** Whether the stubdomain has not read its arguments yet, and their form supports chardevs. */
export async function acceptsChardevs(store: Nodes, domain: RunningDomain): Promise<boolean> {
  if (await isRunning(store, domain, await stubdomainOf(store, domain))) return false;
  return (await readArguments(store, domain.uuid)) !== undefined;
}

async function stubdomainOf(store: Nodes, domain: RunningDomain): Promise<DomId> {
  const text = await store.read(below(homeOf(domain.domid), 'image', 'device-model-domid'));
  if (text !== undefined && /^[0-9]{1,5}$/.test(text)) return domId(Number(text));
  throw new RealizeError('backend', `domain ${domain.domid} (${domain.name}) has no stubdomain`);
}

/** The stubdomain itself writes its state. A wrong state affects only the stubdomain. */
const isRunning = async (store: Nodes, { domid }: RunningDomain, stubdomain: DomId): Promise<boolean> =>
  (await store.read(below(homeOf(stubdomain), 'device-model', domid, 'state'))) === 'running';

/** It ended with the domain, and so did its endpoints. */
const gone: Endpoints = {
  look: () => Promise.resolve({ working: new Map(), isServed: false }),
  make: () => Promise.resolve(),
  remove: () => Promise.resolve(),
  finish: () => Promise.resolve(),
};

function endsOf({ host, domain }: BackendGiven, stubdomain: DomId): Endpoints {
  const { store, qmpDirectory } = host;
  const talk = <Result>(work: (qmp: QmpClient) => Promise<Result>): Promise<Result> =>
    withQmp(`${qmpDirectory}/qmp-libxl-${domain.domid}`, work, { timeoutMs: qmpTimeoutMs });

  return {
    async look(channels) {
      const isServed = await isRunning(store, domain, stubdomain);
      const present = isServed ? await inMonitor(channels) : await inArguments(channels);
      return { working: new Map(present.map(({ devid }) => [devid, {}])), isServed };
    },

    async make(channels) {
      if (!(await isRunning(store, domain, stubdomain))) {
        return await change((words) => withChardevs(without(words, channels), channels.map(optionOf)));
      }
      await talk(async (qmp) => {
        for (const { devid, chardev } of channels) {
          await removeChardev(qmp, devid);
          await qmp.execute(chardevAdd(chardevIdOf(devid), chardevBackend(chardev, qmp.version)));
        }
      });
    },

    async remove(channels) {
      if (!(await isRunning(store, domain, stubdomain))) {
        return await change((words) => without(words, channels));
      }
      await talk(async (qmp) => {
        for (const { devid } of channels) await removeChardev(qmp, devid);
      });
    },

    finish: () => Promise.resolve(),
  };

  async function inMonitor(channels: readonly PlannedChannel[]): Promise<readonly PlannedChannel[]> {
    const labels = (await talk((qmp) => qmp.execute(queryChardev))).map(({ label }) => label);
    return channels.filter(({ devid }) => labels.includes(chardevIdOf(devid)));
  }

  async function inArguments(channels: readonly PlannedChannel[]): Promise<readonly PlannedChannel[]> {
    const { words = [] } = (await readArguments(store, domain.uuid)) ?? {};
    return channels.filter((channel) => hasChardev(words, optionOf(channel)));
  }

  /** Written only if something changes. */
  async function change(to: (words: readonly string[]) => readonly string[]): Promise<void> {
    await store.transaction(async (nodes) => {
      const given = await readArguments(nodes, domain.uuid);
      if (!given) {
        throw new RealizeError(
          'backend',
          `the stubdomain of domain ${domain.domid} (${domain.name}) does not accept chardev arguments`,
        );
      }
      const words = to(given.words);
      if (words.join('\0') === given.words.join('\0')) return;
      await writeArguments(nodes, domain.uuid, stubdomain, { ...given, words });
    });
  }
}

const optionOf = ({ devid, chardev }: PlannedChannel): string =>
  chardevOption(chardevIdOf(devid), chardev, oldestQemu);

const without = (words: readonly string[], channels: readonly PlannedChannel[]): readonly string[] =>
  withoutChardevs(
    words,
    channels.map(({ devid }) => chardevIdOf(devid)),
  );

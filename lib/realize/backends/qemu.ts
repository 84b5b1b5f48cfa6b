import { setTimeout as delay } from 'node:timers/promises';
import { devIds } from '../devid.js';
import { domId } from '../domid.js';
import { RealizeError } from '../error.js';
import { announceDeviceModel, foreignDeviceModel, retractDeviceModel } from '../dom0/device-model-pid.js';
import { isReplaced, isThere } from '../dom0/domain.js';
import { logOf, qemuDirectoryOf } from '../dom0/directory.js';
import { chardevsOf, type PlannedChannel } from '../plan.js';
import { qmpSocketOf } from '../qemu/argv.js';
import { isBusy, listensAtPath } from '../qemu/hotplug.js';
import { runningQemu, signal, startedQemus, waitForEnd } from '../qemu/pid.js';
import { startQemu, stopQemu } from '../qemu/process.js';
import { removeLeftovers } from '../qemu/socket.js';
import { withQmp, type QmpClient } from '../qmp/client.js';
import { queryStatus } from '../qmp/commands.js';
import { QmpError } from '../qmp/error.js';
import { servedByQemu } from '../served-by.js';
import type { Backend, BackendGiven, Endpoints } from './backend.js';
import { addEnds, removeChardev, removeEnd, shareSockets, workingEnds } from './qmp-ends.js';

/** Long enough for another client of the monitor to finish. */
const qmpTimeoutMs = 15_000;

/** The maximum start time of a QEMU. */
const startMs = 30_000;
const pollMs = 50;

/** The time that the kernel may need to end a process. */
const endMs = 5000;

/** Our own QEMU in dom0, one per domain, with the machine `xenpv`: for a domain without a device model. */
export const qemuBackend: Backend = {
  ...servedByQemu('qemu'),
  domidFor: () => Promise.resolve(domId(0)),
  open: (given) => Promise.resolve(endsOf(given)),
};

function endsOf({ host, domain, directory: parent, access }: BackendGiven): Endpoints {
  const { store, findQemu, environment } = host;
  const { domid } = domain;
  const directory = qemuDirectoryOf(parent);
  const talk = <Result>(work: (qmp: QmpClient) => Promise<Result>): Promise<Result> =>
    withQmp(qmpSocketOf(directory), work, { timeoutMs: qmpTimeoutMs });

  return {
    async look(channels) {
      if (!(await answers())) return { working: new Map(), isServed: false };
      return { working: await talk((qmp) => workingEnds(qmp, channels)), isServed: true };
    },

    async make(channels) {
      if (await answers()) {
        await talk((qmp) => addEnds(qmp, channels, access));
      } else {
        await mustBeAlone();
        await clear(channels);
        const command = { domain, chardevs: chardevsOf(channels), directory };
        const options = { access, logFile: logOf(parent), ...(environment && { environment }) };
        await startQemu(await findQemu(), command, options);
      }
      const qemu = await runningQemu(directory);
      await store.transaction(async (nodes) => {
        if (qemu && (await isThere(nodes, domain))) await announceDeviceModel(nodes, domid, qemu.pid);
      });
    },

    share: (channels) => shareSockets(channels, access),

    async remove(channels) {
      // After the end of its domain it serves nothing, and can still map rings that no longer exist.
      if (!(await isThere(store, domain)) || !(await answers())) return await clear(channels);
      try {
        await talk(async (qmp) => {
          for (const channel of channels) await removeEnd(qmp, channel);
        });
      } catch (error) {
        if (!isBusy(error)) throw error;
        // It still maps a ring that no longer exists. Another QEMU takes over the remaining channels.
        await clear(channels);
      }
    },

    async finish(channels) {
      if (channels.length === 0) {
        await stopQemu({ directory, chardevs: [] });
        await clear([]);
        await store.transaction(async (nodes) => {
          if (!(await isReplaced(nodes, domain))) await retractDeviceModel(nodes, domid);
        });
        return;
      }
      const needed = channels.map(({ devid }) => devid);
      const beyond = devIds.filter((devid) => !needed.includes(devid));
      await talk(async (qmp) => {
        for (const devid of beyond) await removeChardev(qmp, devid);
      });
    },
  };

  /** Whether it runs and answers. One that an interrupted run has started can need some time. */
  async function answers(): Promise<boolean> {
    for (const until = performance.now() + startMs; performance.now() < until; await delay(pollMs)) {
      if (!(await runningQemu(directory))) return false;
      try {
        await talk((qmp) => qmp.execute(queryStatus));
        return true;
      } catch (error) {
        const isAbsent = error instanceof QmpError && ['unreachable', 'closed'].includes(error.failure);
        if (!isAbsent) throw error;
      }
    }
    return false;
  }

  /** Two QEMUs would both take the consoles of the domain. */
  async function mustBeAlone(): Promise<void> {
    const pid = await foreignDeviceModel(store, domid);
    if (pid === undefined) return;
    const message = `domain ${domid} (${domain.name}) already has a device model (pid ${pid}); a second QEMU would conflict with it`;
    throw new RealizeError('backend', `${message}; use backend device-model`);
  }

  /**
   * Stops a QEMU that does not answer, or that was starting when virt2xen was killed, and removes what it has
   * bound.
   */
  async function clear(channels: readonly PlannedChannel[]): Promise<void> {
    for (const stray of await startedQemus(directory)) {
      await signal(stray, 'SIGKILL');
      await waitForEnd(stray, endMs);
    }
    await stopQemu({ directory, chardevs: [] });
    for (const { chardev } of channels) if (listensAtPath(chardev)) await removeLeftovers(chardev.path);
  }
}

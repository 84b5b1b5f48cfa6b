import { domId } from '../domid.js';
import { RealizeError } from '../error.js';
import { listensAtPath } from '../qemu/hotplug.js';
import { removeLeftovers } from '../qemu/socket.js';
import { withQmp, type QmpClient } from '../qmp/client.js';
import { QmpError } from '../qmp/error.js';
import { servedByQemu } from '../served-by.js';
import type { Backend, BackendGiven, Endpoints } from './backend.js';
import { addEnds, removeEnd, shareSockets, workingEnds } from './qmp-ends.js';

/** libxl uses it, too, and QEMU serves one client at a time. */
const qmpTimeoutMs = 15_000;

/** The QEMU in dom0 that libxl runs for the domain, through its monitor. It is never started or stopped here. */
export const deviceModelBackend: Backend = {
  ...servedByQemu('device-model'),
  domidFor: () => Promise.resolve(domId(0)),
  open: (given) => Promise.resolve(endsOf(given)),
};

function endsOf({ host, domain, access }: BackendGiven): Endpoints {
  const socket = `${host.qmpDirectory}/qmp-libxl-${domain.domid}`;
  const talk = async <Result>(work: (qmp: QmpClient) => Promise<Result>): Promise<Result> => {
    try {
      return await withQmp(socket, work, { timeoutMs: qmpTimeoutMs });
    } catch (error) {
      if (!isAbsence(error)) throw error;
      throw new RealizeError(
        'backend',
        `no answer from the device model of domain ${domain.domid}: ${error.desc}`,
      );
    }
  };

  return {
    look: (channels) =>
      talk(async (qmp) => ({ working: await workingEnds(qmp, channels), isServed: true })).catch(
        (error: unknown) => {
          if (!(error instanceof RealizeError)) throw error;
          return { working: new Map(), isServed: false };
        },
      ),
    make: (channels) => talk((qmp) => addEnds(qmp, channels, access)),
    share: (channels) => shareSockets(channels, access),
    async remove(channels) {
      try {
        await withQmp(
          socket,
          async (qmp) => {
            for (const channel of channels) await removeEnd(qmp, channel);
          },
          { timeoutMs: qmpTimeoutMs },
        );
      } catch (error) {
        // It has exited with its chardevs; the paths of the sockets remain.
        if (!isAbsence(error)) throw error;
        for (const { chardev } of channels) if (listensAtPath(chardev)) await removeLeftovers(chardev.path);
      }
    },
    finish: () => Promise.resolve(),
  };
}

const isAbsence = (error: unknown): error is QmpError =>
  error instanceof QmpError && (error.failure === 'unreachable' || error.failure === 'closed');

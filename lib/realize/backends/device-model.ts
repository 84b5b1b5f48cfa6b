import { domId } from '../domid.js';
import { withDeviceModel } from '../dom0/monitor.js';
import { RealizeError } from '../error.js';
import { listensAtPath } from '../qemu/hotplug.js';
import { removeLeftovers } from '../qemu/socket.js';
import type { QmpClient } from '../qmp/client.js';
import { servedByQemu } from '../served-by.js';
import type { Backend, BackendGiven, Endpoints } from './backend.js';
import { addEnds, removeEnd, shareSockets, workingEnds } from './qmp-ends.js';

/** The QEMU in dom0 that libxl runs for the domain, through its monitor. It is never started or stopped here. */
export const deviceModelBackend: Backend = {
  ...servedByQemu('device-model'),
  domidFor: () => Promise.resolve(domId(0)),
  open: (given) => Promise.resolve(endsOf(given)),
};

function endsOf({ host, domain, access }: BackendGiven): Endpoints {
  const talk = <Result>(work: (qmp: QmpClient) => Promise<Result>): Promise<Result> =>
    withDeviceModel(host, domain, work);

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
        await talk(async (qmp) => {
          for (const channel of channels) await removeEnd(qmp, channel);
        });
      } catch (error) {
        // It has exited with its chardevs; the paths of the sockets remain.
        if (!(error instanceof RealizeError)) throw error;
        for (const { chardev } of channels) if (listensAtPath(chardev)) await removeLeftovers(chardev.path);
      }
    },
    finish: () => Promise.resolve(),
  };
}

import { domId } from '../domid.js';
import { RealizeError } from '../error.js';
import { privateAccess } from '../qemu/access.js';
import { listDomains } from './domain.js';
import type { Host } from './host.js';
import { directoryOf, readRecord, recordedDomains } from './record.js';
import { Session } from './session.js';

/**
 * Removes what is left of domains that are gone: nobody tells virt2xen when one goes, and libxl ends their QEMU
 * but does not know their sockets. What somebody works on is left to them.
 */
export async function sweep(host: Host): Promise<void> {
  const { store, runtimeDirectory } = host;
  const recorded = await recordedDomains(runtimeDirectory);
  if (recorded.length === 0) return;
  const running = await listDomains(store);
  for (const uuid of recorded) {
    try {
      const record = await readRecord(directoryOf(runtimeDirectory, uuid));
      const domain = running.find((other) => other.uuid === uuid);
      if (domain && (!record || record.domid === domain.domid)) continue;
      const { domid = domId(0), name = uuid } = record ?? {};
      const gone = { domid, name, uuid };
      await using session = await Session.begin({ ...host, lockTimeoutSeconds: 0 }, gone, privateAccess);
      await session.step(`remove what is left of ${name}`);
      await session.clearAway();
    } catch (error) {
      // Another works on it; or its record is of another virt2xen, and its own attach will tell.
      if (!(error instanceof RealizeError)) throw error;
    }
  }
}

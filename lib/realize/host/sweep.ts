import { domId } from '../domid.js';
import { RealizeError } from '../error.js';
import { privateAccess } from '../qemu/access.js';
import { listDomains } from '../dom0/domain.js';
import type { Host } from '../dom0/host.js';
import { directoryOf } from '../dom0/directory.js';
import { readRecord, recordedDomains } from './record.js';
import { Session } from './session.js';

/**
 * Removes what is left of domains that have ended: virt2xen is not notified, and libxl stops their QEMU
 * but does not remove their sockets. Domains whose lock is held are skipped.
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
      await session.step(`clean up after domain ${name}`);
      await session.clearAway();
    } catch (error) {
      // The lock is held, or the record is of another version, which the next attach reports.
      if (!(error instanceof RealizeError)) throw error;
    }
  }
}

import { backendCalled } from '../backends/choose.js';
import { RealizeError } from '../error.js';
import { privateAccess } from '../qemu/access.js';
import { stopQemu } from '../qemu/process.js';
import { directoryOf, qemuDirectoryOf } from '../dom0/directory.js';
import { converge } from './converge.js';
import type { RunningDomain } from '../dom0/domain.js';
import type { Host } from '../dom0/host.js';
import { removePorts } from './ports.js';
import { Session } from './session.js';
import { sweep } from './sweep.js';

export interface DetachResult {
  readonly domain: RunningDomain;
  /** The names of the channels that were removed. */
  readonly removed: readonly string[];
}

/**
 * Removes channels that attach has created, by default all of them. A second call changes nothing; a domain that
 * ends meanwhile is not an error.
 *
 * @throws RealizeError `channel` for a name of which attach has not created a channel; `busy`, `record`
 */
export async function detach(
  host: Host,
  domain: RunningDomain,
  names: readonly string[] = [],
): Promise<DetachResult> {
  await sweep(host);
  return await detachFromOne(host, domain, names);
}

/** The same for a caller that cleans up after other domains itself. */
export async function detachFromOne(
  host: Host,
  domain: RunningDomain,
  names: readonly string[] = [],
): Promise<DetachResult> {
  await using session = await Session.begin(host, domain, privateAccess);
  const { recorded, recordedPorts, record } = session;
  const unknown = names.find((name) => ![...recorded, ...recordedPorts].some((one) => one.name === name));
  if (unknown !== undefined) {
    const message = `domain ${domain.domid} (${domain.name}) has no channel '${unknown}' created by virt2xen`;
    throw new RealizeError('channel', message);
  }
  if (!record) return { domain, removed: [] };
  const isLeft = ({ name }: { readonly name: string }): boolean => names.length > 0 && !names.includes(name);
  try {
    return await session.whileThere(async () => {
      const { backend } = record;
      const ports = await removePorts(session, recordedPorts.filter(isLeft), backend);
      const { removed } = await converge(session, recorded.filter(isLeft), await backendCalled(backend));
      return { domain, removed: [...ports, ...removed] };
    });
  } catch (error) {
    if (error instanceof RealizeError && error.failure === 'gone') {
      return { domain, removed: [...recordedPorts, ...recorded].map(({ name }) => name) };
    }
    throw error;
  }
}

/**
 * Removes everything that attach has created for a domain that has ended, even if its nodes remain.
 * @throws RealizeError `busy`, `record`
 */
export async function cleanUpAfter(host: Host, domain: RunningDomain): Promise<void> {
  // libxl stops the QEMU of a domain that ends; a QEMU that still maps the rings would not release them.
  const directory = qemuDirectoryOf(directoryOf(host.runtimeDirectory, domain.uuid));
  await stopQemu({ directory, chardevs: [] }, { abruptly: true });
  await detachFromOne(host, domain);
}

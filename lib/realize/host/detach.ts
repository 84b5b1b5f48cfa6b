import { backendCalled } from '../backends/choose.js';
import { RealizeError } from '../error.js';
import { declaredPorts } from '../ports.js';
import { privateAccess } from '../qemu/access.js';
import { stopQemu } from '../qemu/process.js';
import { argumentsOf } from '../dom0/arguments.js';
import { foreignDeviceModel } from '../dom0/device-model-pid.js';
import { directoryOf, qemuDirectoryOf } from '../dom0/directory.js';
import { converge } from './converge.js';
import type { RunningDomain } from '../dom0/domain.js';
import type { Host } from '../dom0/host.js';
import { removePorts, removeUnsavedPorts } from './ports.js';
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
 * Removes the virtio-serial ports with which a guest would be lost when it is saved or migrated; nothing else is changed. For
 * the moment before a save: a guest without a device model, or without ports, is savable.
 *
 * @throws RealizeError `channel` if the guest still cannot be saved: another program has added or removed ports; `backend` if
 *   the device model does not answer; `busy`, `record`
 */
export async function detachUnsaved(host: Host, domain: RunningDomain): Promise<DetachResult> {
  if (!(await hasController(host, domain))) return { domain, removed: [] };
  await using session = await Session.begin(host, domain, privateAccess);
  return await session.whileThere(async () => {
    const { removed, problems } = await removeUnsavedPorts(session);
    const { record, recorded } = session;
    // The last port is removed with the directory of the domain.
    if (record) await converge(session, recorded, await backendCalled(record.backend));
    const { unsaved, missing } = problems;
    if (unsaved.length + missing.length === 0) return { domain, removed };
    const added = unsaved.map(({ nr, name }) => `port ${nr} (${name}) is not in its config`);
    const absent = missing.map(({ nr }) => `port ${nr} of its config does not exist`);
    throw new RealizeError(
      'channel',
      `domain ${domain.domid} (${domain.name}) cannot be saved or migrated: ${[...added, ...absent].join(', ')}`,
    );
  });
}

async function hasController({ store }: Host, { domid }: RunningDomain): Promise<boolean> {
  const pid = await foreignDeviceModel(store, domid);
  const args = pid === undefined ? undefined : await argumentsOf(Number(pid), domid);
  return args !== undefined && declaredPorts(args).buses.length > 0;
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

import type { Report } from '../../diagnostics/diagnostic.js';
import { isPort, type Channel } from '../../model/channel.js';
import { isSpareName } from '../../qemu-syntax/port-rules.js';
import { portsAtStart } from '../dom0/arguments.js';
import { withDeviceModel } from '../dom0/monitor.js';
import { RealizeError } from '../error.js';
import {
  isDeclared,
  isSameSlot,
  planPorts,
  saveProblems,
  spareSlots,
  type DeclaredPorts,
  type PlannedPort,
  type SaveProblems,
} from '../ports.js';
import type { SocketAccess } from '../qemu/access.js';
import { listensAtPath } from '../qemu/hotplug.js';
import { attachedId, isWorking, plugPort, plugSpare, presentPorts, unplugPort } from '../qemu/port.js';
import { removeLeftovers, setAccess } from '../qemu/socket.js';
import type { QmpClient } from '../qmp/client.js';
import { queryChardev, terminalOf, type ChardevInfo } from '../qmp/commands.js';
import type { Session } from './session.js';

/** The result for one port. `foreign`: the domain was started with it; it is not changed. */
export interface AttachedPort {
  readonly transport: 'virtio-serial';
  /** A port has none. */
  readonly devid?: undefined;
  readonly nr: number;
  readonly name: string;
  readonly change: 'created' | 'changed' | 'unchanged' | 'foreign';
  /** Whether the guest can be saved and migrated with it. */
  readonly isSaved: boolean;
  /** The path of the endpoint: of a pty, the terminal. */
  readonly path?: string;
}

/** The desired ports of a domain, before anything is changed. */
export interface PortPlan {
  readonly declared: DeclaredPorts;
  readonly planned: readonly PlannedPort[];
  readonly foreign: readonly AttachedPort[];
}

export interface ConvergedPorts {
  readonly ports: readonly AttachedPort[];
  readonly removed: readonly string[];
}

/**
 * Plans the ports among some channels. Nothing is read if there are none, and none was created earlier.
 * @throws RealizeError `backend` for a domain without a device model in dom0, or one that does not answer
 */
export async function planPortsFor(
  session: Session,
  channels: readonly Channel[],
  { allowUnsaved = false }: { readonly allowUnsaved?: boolean | undefined },
  report: Report,
): Promise<PortPlan | undefined> {
  const { host, domain, recordedPorts: recorded } = session;
  const wanted = channels.filter(isPort);
  if (wanted.length === 0 && recorded.length === 0) return undefined;
  const declared = await portsAtStart(host.store, domain);
  const given = declared.ports.filter(({ name }) => name !== undefined && !isSpareName(name));
  const foreign = wanted.flatMap(({ name }): readonly AttachedPort[] => {
    const port = given.find((one) => one.name === name);
    return port ? [{ transport: 'virtio-serial', nr: port.nr, name, change: 'foreign', isSaved: true }] : [];
  });
  const ours = wanted.filter(({ name }) => !foreign.some((port) => port.name === name));
  if (ours.length === 0) return { declared, planned: [], foreign };
  const present = await withDeviceModel(host, domain, presentPorts);
  return {
    declared,
    planned: planPorts(ours, { declared, present, recorded }, allowUnsaved, report),
    foreign,
  };
}

/**
 * Reconciles the ports of a running device model with a plan.
 *
 * The record is written first. A port is removed before another gets its place; a spare port that an interrupted run
 * has removed is created again, so that afterwards the guest can be saved.
 */
export async function convergePorts(
  session: Session,
  { declared, planned, foreign }: PortPlan,
  { backend, access }: { readonly backend: string; readonly access: SocketAccess },
): Promise<ConvergedPorts> {
  const { host, domain, recordedPorts: before, recorded } = session;
  const outdated = before.filter((port) => !planned.some((other) => isSamePort(port, other)));
  await session.remember(backend, recorded, [...outdated, ...planned]);
  const ports = await withDeviceModel(host, domain, async (qmp) => {
    for (const port of outdated) {
      await session.step(`remove port ${port.nr}`);
      await unplugPort(qmp, port, isDeclared(port, declared));
    }
    const made: AttachedPort[] = [];
    for (const port of planned) {
      const { nr, name, chardev } = port;
      const isThere = await isWorking(qmp, port, await presentPorts(qmp));
      if (!isThere) {
        await session.step(`create port ${nr}`);
        await unplugPort(qmp, port, isDeclared(port, declared));
        await plugPort(qmp, port, access);
      }
      if (isThere && listensAtPath(chardev)) await setAccess(chardev.path, access);
      const path = 'path' in chardev ? chardev.path : terminalOf(await chardevOf(qmp, nr));
      const change = isThere ? 'unchanged' : before.some((one) => one.name === name) ? 'changed' : 'created';
      made.push({
        transport: 'virtio-serial',
        nr,
        name,
        change,
        isSaved: isDeclared(port, declared),
        ...(path !== undefined && { path }),
      });
    }
    for (const slot of spareSlots(declared)) await plugSpare(qmp, slot);
    return made;
  });
  await session.remember(backend, session.recorded, planned);
  return {
    ports: [...foreign, ...ports],
    removed: before.map(({ name }) => name).filter((name) => !planned.some((port) => port.name === name)),
  };
}

/**
 * Removes all recorded ports but some. Those of a device model that has exited are gone with it.
 * @returns the names of the removed ports
 */
export async function removePorts(
  session: Session,
  left: readonly PlannedPort[],
  backend: string,
): Promise<readonly string[]> {
  const { host, domain, recorded, recordedPorts } = session;
  const removed = recordedPorts.filter((port) => !left.includes(port));
  if (removed.length === 0) return [];
  try {
    const declared = await portsAtStart(host.store, domain);
    await withDeviceModel(host, domain, async (qmp) => {
      for (const port of removed) {
        await session.step(`remove port ${port.nr}`);
        await unplugPort(qmp, port, isDeclared(port, declared));
      }
      for (const slot of spareSlots(declared)) await plugSpare(qmp, slot);
    });
  } catch (error) {
    if (!(error instanceof RealizeError)) throw error;
    for (const { chardev } of removed) if (listensAtPath(chardev)) await removeLeftovers(chardev.path);
  }
  await session.remember(backend, recorded, left);
  return removed.map(({ name }) => name);
}

/**
 * Removes the recorded ports with which the guest cannot be saved, and creates missing spare ports again.
 * @returns the names of the removed ports, and what still prevents saving
 * @throws RealizeError `backend` for a domain without a device model in dom0, or one that does not answer
 */
export async function removeUnsavedPorts(
  session: Session,
): Promise<{ readonly removed: readonly string[]; readonly problems: SaveProblems }> {
  const { host, domain, record, recorded, recordedPorts } = session;
  const declared = await portsAtStart(host.store, domain);
  const unsaved = recordedPorts.filter((port) => !isDeclared(port, declared));
  const problems = await withDeviceModel(host, domain, async (qmp) => {
    for (const port of unsaved) {
      await session.step(`remove port ${port.nr}`);
      await unplugPort(qmp, port, false);
    }
    for (const slot of spareSlots(declared)) await plugSpare(qmp, slot);
    return saveProblems(declared, await presentPorts(qmp));
  });
  const left = recordedPorts.filter((port) => !unsaved.includes(port));
  if (record) await session.remember(record.backend, recorded, left);
  return { removed: unsaved.map(({ name }) => name), problems };
}

const chardevOf = async (qmp: QmpClient, nr: number): Promise<ChardevInfo | undefined> =>
  (await qmp.execute(queryChardev)).find(({ label }) => label === attachedId(nr));

const isSamePort = (a: PlannedPort, b: PlannedPort): boolean =>
  isSameSlot(a, b) && a.name === b.name && JSON.stringify(a.chardev) === JSON.stringify(b.chardev);

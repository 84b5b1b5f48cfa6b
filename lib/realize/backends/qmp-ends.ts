import type { DevId } from '../devid.js';
import type { PlannedChannel } from '../plan.js';
import { queryChardev, terminalOf } from '../qmp/commands.js';
import type { QmpClient } from '../qmp/client.js';
import type { SocketAccess } from '../qemu/access.js';
import { addChardev, listensAtPath, releaseChardev } from '../qemu/hotplug.js';
import { isSocket, removeLeftovers, setAccess } from '../qemu/socket.js';
import { chardevIdOf } from '../served-by.js';
import type { Endpoint } from './backend.js';

/*
 * The endpoints in a running QEMU, whichever program started it. A chardev with one of our IDs that no console uses
 * is ours, possibly from an interrupted run.
 */

/** The working chardevs of those requested. One whose socket has been removed does not count. */
export async function workingEnds(
  qmp: QmpClient,
  channels: readonly PlannedChannel[],
): Promise<ReadonlyMap<DevId, Endpoint>> {
  const present = new Map((await qmp.execute(queryChardev)).map((end) => [end.label, end]));
  const working = new Map<DevId, Endpoint>();
  for (const { devid, chardev } of channels) {
    const end = present.get(chardevIdOf(devid));
    if (end === undefined) continue;
    if (listensAtPath(chardev) && !(await isSocket(chardev.path))) continue;
    const tty = chardev.type === 'pty' ? terminalOf(end) : undefined;
    working.set(devid, tty === undefined ? {} : { tty });
  }
  return working;
}

/** Adds all chardevs or none. */
export async function addEnds(
  qmp: QmpClient,
  channels: readonly PlannedChannel[],
  access: SocketAccess,
): Promise<void> {
  const added: PlannedChannel[] = [];
  try {
    for (const channel of channels) {
      const { devid, chardev } = channel;
      await removeEnd(qmp, channel);
      await addChardev(qmp, { id: chardevIdOf(devid), chardev }, access);
      added.push(channel);
    }
  } catch (error) {
    for (const channel of added) await removeEnd(qmp, channel);
    throw error;
  }
}

/** Sets mode and owner of the sockets of channels that remain. */
export async function shareSockets(channels: readonly PlannedChannel[], access: SocketAccess): Promise<void> {
  for (const { chardev } of channels) if (listensAtPath(chardev)) await setAccess(chardev.path, access);
}

/** Removes a chardev, if it exists, and what remains of its socket. */
export async function removeEnd(qmp: QmpClient, { devid, chardev }: PlannedChannel): Promise<void> {
  await removeChardev(qmp, devid);
  if (listensAtPath(chardev)) await removeLeftovers(chardev.path);
}

export const removeChardev = (qmp: QmpClient, devid: DevId): Promise<void> =>
  releaseChardev(qmp, chardevIdOf(devid));

import { setTimeout as delay } from 'node:timers/promises';
import type { QmpClient } from '../qmp/client.js';
import { chardevAdd, chardevRemove, queryChardev, type ChardevReturn } from '../qmp/commands.js';
import { QmpError } from '../qmp/error.js';
import type { SocketAccess } from './access.js';
import type { NamedChardev } from './argv.js';
import { chardevBackend, type Chardev, type ChardevId } from '../../qemu-syntax/chardev.js';
import { privateSocket, removeDeadSocket } from './socket.js';

/**
 * Adds a chardev to a running QEMU, ours or a device model of libxl. A listening socket appears with the requested
 * mode and owner, never without.
 *
 * @returns for a pty, the path of the terminal
 * @throws QmpError `refused` with QEMU's message, such as "Chardev with id 'x' already exists"
 * @throws QemuError `socket`; the chardev has been removed then
 */
export async function addChardev(
  qmp: QmpClient,
  { id, chardev }: NamedChardev,
  access: SocketAccess,
): Promise<ChardevReturn> {
  if (!listensAtPath(chardev)) {
    return await qmp.execute(chardevAdd(id, chardevBackend(chardev, qmp.version)));
  }
  const socket = await privateSocket(chardev.path);
  try {
    const bound = { ...chardev, path: socket.bindPath };
    await qmp.execute(chardevAdd(id, chardevBackend(bound, qmp.version)));
    try {
      await socket.publish(access);
    } catch (error) {
      await qmp.execute(chardevRemove(id));
      throw error;
    }
    return {};
  } catch (error) {
    await socket.discard();
    throw error;
  }
}

/**
 * Removes a chardev that no device uses any more, and the socket that was published for it.
 * @throws QmpError `refused`: "Chardev 'x' is busy", or it does not exist
 */
export async function removeChardev(qmp: QmpClient, { id, chardev }: NamedChardev): Promise<void> {
  await qmp.execute(chardevRemove(id));
  if (listensAtPath(chardev)) await removeDeadSocket(chardev.path);
}

/** How long QEMU may take to release a device that has been removed. */
const busyMs = 5000;
const pollMs = 20;

/** Removes a chardev, if it exists, as soon as its last user has been released. */
export async function releaseChardev(qmp: QmpClient, id: ChardevId): Promise<void> {
  for (const until = performance.now() + busyMs; ;) {
    if (!(await qmp.execute(queryChardev)).some(({ label }) => label === id)) return;
    try {
      return await qmp.execute(chardevRemove(id));
    } catch (error) {
      if (!isBusy(error) || performance.now() > until) throw error;
    }
    await delay(pollMs);
  }
}

/** Whether QEMU rejects the removal of a chardev because a device uses it. */
export const isBusy = (error: unknown): boolean =>
  error instanceof QmpError && error.failure === 'refused' && error.desc.includes('busy');

/** Chardevs with a listening Unix socket. */
export const listensAtPath = (
  chardev: Chardev,
): chardev is Chardev & { readonly type: 'unix'; readonly mode: 'listen' } =>
  chardev.type === 'unix' && chardev.mode === 'listen';

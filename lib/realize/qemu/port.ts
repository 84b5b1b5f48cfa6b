import { setTimeout as delay } from 'node:timers/promises';
import { chardevId, type ChardevId } from '../../qemu-syntax/chardev.js';
import { portId, sparePortName } from '../../qemu-syntax/port.js';
import { isSameSlot, type PlannedPort, type PresentPort, type Slot } from '../ports.js';
import type { QmpClient } from '../qmp/client.js';
import { chardevAdd, deviceAdd, deviceDel, qomGet, qomList, queryChardev } from '../qmp/commands.js';
import { QmpError } from '../qmp/error.js';
import { numberOf, textOf } from '../qmp/json.js';
import type { SocketAccess } from './access.js';
import { addChardev, listensAtPath, releaseChardev } from './hotplug.js';
import { isSocket, removeLeftovers } from './socket.js';

/** The ID of a port that attach has created, and of its chardev. Those of the spare port in its place differ. */
export const attachedId = (nr: number): ChardevId => chardevId(`virt2xen-attached${nr}`);

/** The places in which QEMU keeps the devices of `-device` and device_add, with an ID and without. */
const peripherals = ['/machine/peripheral', '/machine/peripheral-anon'] as const;

/** All ports of the virtio-serial controllers, and the consoles in their place. */
export async function presentPorts(qmp: QmpClient): Promise<readonly PresentPort[]> {
  const ports: PresentPort[] = [];
  for (const parent of peripherals) {
    for (const { name: child, type } of await qmp.execute(qomList(parent))) {
      if (type !== 'child<virtserialport>' && type !== 'child<virtconsole>') continue;
      const get = <Value>(property: string, read: (value: unknown) => Value): Promise<Value> =>
        qmp.execute(qomGet(`${parent}/${child}`, property, read));
      const [bus, nr, name, chardev] = await Promise.all([
        get('parent_bus', textOf),
        get('nr', numberOf),
        get('name', textOf),
        get('chardev', textOf),
      ]);
      const id = parent === '/machine/peripheral' ? { id: child } : {};
      ports.push({ ...id, bus: bus.slice(bus.lastIndexOf('/') + 1), nr, name, chardev });
    }
  }
  return ports;
}

/** Whether a port that attach has created exists with its chardev and its socket. */
export async function isWorking(
  qmp: QmpClient,
  { name, chardev, ...slot }: PlannedPort,
  present: readonly PresentPort[],
): Promise<boolean> {
  const id = attachedId(slot.nr);
  const found = present.find((port) => isSameSlot(port, slot));
  if (found?.id !== id || found.name !== name) return false;
  if (!(await qmp.execute(queryChardev)).some(({ label }) => label === id)) return false;
  return !listensAtPath(chardev) || (await isSocket(chardev.path));
}

/**
 * Adds a port to the running machine, in the place of a spare port if there is one. The chardev is created first, so
 * that the place is empty for a moment only: a guest that is saved then cannot be restored.
 *
 * @throws what addChardev throws; QmpError. Everything is as before then
 */
export async function plugPort(qmp: QmpClient, port: PlannedPort, access: SocketAccess): Promise<void> {
  const { name, chardev, ...slot } = port;
  const id = attachedId(slot.nr);
  await addChardev(qmp, { id, chardev }, access);
  const spare = await spareIn(qmp, slot);
  try {
    if (spare?.id !== undefined) await qmp.execute(deviceDel(spare.id));
    await untilReleased(() => qmp.execute(deviceAdd('virtserialport', { ...slot, chardev: id, name, id })));
  } catch (error) {
    if (spare) await plugSpare(qmp, slot);
    await releaseChardev(qmp, id);
    if (listensAtPath(chardev)) await removeLeftovers(chardev.path);
    throw error;
  }
}

/**
 * Removes a port that attach has created, and its chardev and socket. What does not exist is ignored.
 * @param isSpare whether a spare port was in its place, which is created again
 */
export async function unplugPort(
  qmp: QmpClient,
  { chardev, ...slot }: PlannedPort,
  isSpare: boolean,
): Promise<void> {
  const id = attachedId(slot.nr);
  if ((await presentPorts(qmp)).some((port) => port.id === id)) await qmp.execute(deviceDel(id));
  if (isSpare) await plugSpare(qmp, slot);
  await releaseChardev(qmp, id);
  if (listensAtPath(chardev)) await removeLeftovers(chardev.path);
}

/** Creates a spare port of the config again, if its place is empty. */
export async function plugSpare(qmp: QmpClient, { bus, nr }: Slot): Promise<void> {
  if ((await presentPorts(qmp)).some((port) => isSameSlot(port, { bus, nr }))) return;
  const id = portId(nr);
  if (!(await qmp.execute(queryChardev)).some(({ label }) => label === id))
    await qmp.execute(chardevAdd(id, { type: 'null', data: {} }));
  const settings = { bus, nr, chardev: id, name: sparePortName(nr), id };
  await untilReleased(() => qmp.execute(deviceAdd('virtserialport', settings)));
}

const spareIn = async (qmp: QmpClient, slot: Slot): Promise<PresentPort | undefined> =>
  (await presentPorts(qmp)).find((port) => isSameSlot(port, slot));

const releaseMs = 5000;
const pollMs = 20;

/** QEMU releases a removed device, its ID and its chardev a moment after device_del. */
async function untilReleased(work: () => Promise<void>): Promise<void> {
  for (const until = performance.now() + releaseMs; ;) {
    try {
      return await work();
    } catch (error) {
      const isTransient =
        error instanceof QmpError &&
        error.failure === 'refused' &&
        /in use|already exists|duplicate/i.test(error.desc);
      if (!isTransient || performance.now() > until) throw error;
    }
    await delay(pollMs);
  }
}

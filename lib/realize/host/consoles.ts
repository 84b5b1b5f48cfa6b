import { setTimeout as delay } from 'node:timers/promises';
import { omitUndefined } from '../../language/omit-undefined.js';
import { devIds, type DevId } from '../devid.js';
import type { DomId } from '../domid.js';
import { backendsOf, frontendsOf, homeOf, keyWrites, libxlConsolesOf, pathsOf } from '../keys.js';
import type { PlannedChannel } from '../plan.js';
import { numberOf, type XenbusState } from '../xenbus-state.js';
import type { Xenstore } from '../xenstore/client.js';
import type { Nodes } from '../xenstore/nodes.js';
import { below, xenstorePath } from '../xenstore/path.js';
import { removeUpTo } from '../dom0/device-model-pid.js';
import { isReplaced, isThere, mustBeThere, type RunningDomain } from '../dom0/domain.js';
import { readState } from './read-state.js';

const initialising = numberOf('initialising');
const closing = numberOf('closing');
const closed = numberOf('closed');
/** For a guest that uses a channel, and closes it on request. */
const answering: ReadonlySet<XenbusState> = new Set(['initialised', 'connected', 'closing']);

/**
 * Whether the keys of a channel exist as written. Only keys that the guest cannot write are compared, and the
 * existence of the guest's own directory, which it can remove.
 */
export async function hasKeys(store: Nodes, domid: DomId, channel: PlannedChannel): Promise<boolean> {
  const { frontend, backend, libxl } = pathsOf(domid, channel);
  const expected = [
    [below(frontend, 'output'), channel.output],
    [below(frontend, 'name'), channel.name],
    [below(frontend, 'limit'), String(channel.limitBytes)],
    [below(libxl, 'backend'), backend],
    [below(backend, 'frontend'), frontend],
    [below(backend, 'online'), '1'],
  ] as const;
  const found = await Promise.all(expected.map(([path]) => store.read(path)));
  return expected.every(([, value], index) => found[index] === value);
}

/** A channel by its ID and name, whichever program created it. */
export interface PresentChannel {
  readonly devid: DevId;
  /** The value in libxl's copy; absent if it has none. */
  readonly name?: string;
}

/** The device IDs in use in a domain, from all keys that the guest cannot write. */
export async function presentChannels(store: Nodes, domid: DomId): Promise<readonly PresentChannel[]> {
  const places = [libxlConsolesOf(domid), backendsOf(domid, 0 as DomId), frontendsOf(domid)];
  const names = new Set<string>();
  for (const place of places) for (const name of (await store.directory(place)) ?? []) names.add(name);
  const present: PresentChannel[] = [];
  for (const devid of devIds) {
    if (!names.has(String(devid))) continue;
    const name = await store.read(below(libxlConsolesOf(domid), devid, 'name'));
    present.push(omitUndefined({ devid, name }));
  }
  return present;
}

/**
 * Writes the keys of channels in one transaction.
 * @throws RealizeError `gone`
 */
export async function writeKeys(
  store: Xenstore,
  domain: RunningDomain,
  channels: readonly PlannedChannel[],
): Promise<void> {
  await store.transaction(async (nodes) => {
    await mustBeThere(nodes, domain);
    const writes = channels.flatMap((channel) => keyWrites(domain.domid, channel));
    // Sent together, and processed in this order.
    await Promise.all(
      writes.flatMap(({ path, value, permissions }) => [
        nodes.write(path, value),
        nodes.setPermissions(path, permissions),
      ]),
    );
  });
}

/** Resets backends to the state in which a new QEMU takes them over; the frontend, connected or not, is not changed. */
export async function resetBackends(
  store: Xenstore,
  domain: RunningDomain,
  channels: readonly PlannedChannel[],
): Promise<void> {
  await store.transaction(async (nodes) => {
    await mustBeThere(nodes, domain);
    for (const channel of channels) {
      const { backend } = pathsOf(domain.domid, channel);
      await nodes.write(below(backend, 'state'), initialising);
      await nodes.remove(below(backend, 'hotplug-status'));
    }
  });
}

const pollMs = 20;

/**
 * Closes channels: requests both ends to close, waits for them, and removes the keys in one transaction. A
 * connected guest that does not answer has until `timeoutMs`; then its state is written for it. A QEMU whose
 * backend directory is removed while it is connected would spin.
 *
 * @param isServed whether a process answers for the backends
 */
export async function removeKeys(
  store: Xenstore,
  domain: RunningDomain,
  channels: readonly PlannedChannel[],
  { timeoutMs, isServed }: { readonly timeoutMs: number; readonly isServed: boolean },
): Promise<void> {
  const { domid } = domain;
  const open = await store.transaction(async (nodes) => {
    const found: PlannedChannel[] = [];
    for (const channel of channels) {
      const { backend } = pathsOf(domid, channel);
      if ((await nodes.read(below(backend, 'frontend'))) === undefined) continue;
      found.push(channel);
      await nodes.write(below(backend, 'online'), '0');
      await nodes.write(below(backend, 'state'), closing);
    }
    return found;
  });
  await waitUntil(timeoutMs, async () => {
    for (const channel of open) {
      // A frontend that has never connected does not answer.
      if (answering.has(await readState(store, pathsOf(domid, channel).frontend))) return false;
    }
    return true;
  });
  await store.transaction(async (nodes) => {
    if (!(await isThere(nodes, domain))) return;
    for (const channel of open) {
      const { frontend } = pathsOf(domid, channel);
      // Written even if the guest has removed its directory: QEMU releases a ring only because of this.
      if ((await readState(nodes, frontend)) !== 'closed')
        await nodes.write(below(frontend, 'state'), closed);
    }
  });
  if (isServed) {
    await waitUntil(timeoutMs, async () => {
      for (const channel of open) {
        const state = await readState(store, pathsOf(domid, channel).backend);
        if (state !== 'absent' && state !== 'closed') return false;
      }
      return true;
    });
  }
  await store.transaction(async (nodes) => {
    if (await isReplaced(nodes, domain)) return;
    const top = homeOf(domid);
    for (const channel of channels) {
      const { frontend, backend, libxl } = pathsOf(domid, channel);
      await removeUpTo(nodes, frontend, below(top, 'device'));
      await removeUpTo(nodes, backend, homeOf(channel.backendDomid));
      await removeUpTo(nodes, libxl, xenstorePath(`/libxl/${domid}/device`));
    }
  });
}

/** Polls until the condition is met or the time is up. */
export async function waitUntil(timeoutMs: number, done: () => Promise<boolean>): Promise<void> {
  const until = performance.now() + timeoutMs;
  while (!(await done()) && performance.now() < until) await delay(pollMs);
}

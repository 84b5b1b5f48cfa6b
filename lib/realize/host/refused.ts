import { setTimeout as delay } from 'node:timers/promises';
import type { DomId } from '../domid.js';
import { homeOf, pathsOf } from '../keys.js';
import type { PlannedChannel } from '../plan.js';
import type { Nodes } from '../xenstore/nodes.js';
import { below, type XenstorePath } from '../xenstore/path.js';
import { removeKeys, waitUntil, writeKeys } from './consoles.js';
import { readState } from './read-state.js';
import { namesOf, type Session } from './session.js';

/** How often channels are offered anew: how long they are away, and how long the guest may think then. */
const offers = [
  { awayMs: 100, patienceMs: 2000 },
  { awayMs: 1000, patienceMs: 5000 },
] as const;

/**
 * Offers channels anew that the guest has refused.
 *
 * A guest that was restored without its channels keeps its ends of them, dead: Linux reads the keys once, as
 * it resumes, says in its `error` directory that they are not there, and takes no notice of those that come
 * later, for it has that device already (xenbus_probe.c: xenbus_dev_resume, xenbus_dev_changed). It drops
 * the device when it hears of a change, and finds no keys; then it takes the new ones. It does not say when
 * it has heard. What it says of an error is a hint and no more: a guest that lies waits for its own channels.
 */
export async function offerAnew(session: Session, channels: readonly PlannedChannel[]): Promise<void> {
  const { host, domain } = session;
  const { store } = host;
  let left: readonly PlannedChannel[] = [];
  for (const channel of await untouched(store, domain.domid, channels)) {
    const error = below(errorOf(domain.domid, channel.devid), 'error');
    if ((await store.readBytes(error)) !== undefined) left = [...left, channel];
  }
  for (const { awayMs, patienceMs } of offers) {
    if (left.length === 0) return;
    await session.step(`offer ${namesOf(left)} anew, which the guest has refused`);
    await removeKeys(store, domain, left, { timeoutMs: patienceMs, isServed: true });
    for (const { devid } of left) await store.remove(errorOf(domain.domid, devid));
    await delay(awayMs);
    await writeKeys(store, domain, left);
    await waitUntil(patienceMs, async () => {
      left = await untouched(store, domain.domid, left);
      return left.length === 0;
    });
  }
}

/** Those of which the guest has taken no notice. */
async function untouched(
  store: Nodes,
  domid: DomId,
  channels: readonly PlannedChannel[],
): Promise<readonly PlannedChannel[]> {
  const states = await Promise.all(
    channels.map((channel) => readState(store, pathsOf(domid, channel).frontend)),
  );
  return channels.filter((_, index) => states[index] === 'initialising');
}

const errorOf = (domid: DomId, devid: number): XenstorePath =>
  below(homeOf(domid), 'error', 'device', 'console', devid);

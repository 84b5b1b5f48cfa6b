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
  for (const { awayMs, patienceMs } of offers) {
    const refused: PlannedChannel[] = [];
    for (const channel of channels) if (await isRefused(store, domain.domid, channel)) refused.push(channel);
    if (refused.length === 0) return;
    await session.step(`offer ${namesOf(refused)} anew, which the guest has refused`);
    await removeKeys(store, domain, refused, { timeoutMs: patienceMs, isServed: true });
    for (const { devid } of refused) await store.remove(errorOf(domain.domid, devid));
    await delay(awayMs);
    await writeKeys(store, domain, refused);
    await waitUntil(patienceMs, async () => {
      for (const channel of refused) if (await isUntouched(store, domain.domid, channel)) return false;
      return true;
    });
  }
}

async function isRefused(store: Nodes, domid: DomId, channel: PlannedChannel): Promise<boolean> {
  return (
    (await isUntouched(store, domid, channel)) &&
    (await store.readBytes(below(errorOf(domid, channel.devid), 'error'))) !== undefined
  );
}

const isUntouched = async (store: Nodes, domid: DomId, channel: PlannedChannel): Promise<boolean> =>
  (await readState(store, pathsOf(domid, channel).frontend)) === 'initialising';

const errorOf = (domid: DomId, devid: number): XenstorePath =>
  below(homeOf(domid), 'error', 'device', 'console', devid);

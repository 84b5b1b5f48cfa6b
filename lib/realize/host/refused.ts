import { setTimeout as delay } from 'node:timers/promises';
import type { DomId } from '../domid.js';
import { homeOf, pathsOf } from '../keys.js';
import type { PlannedChannel } from '../plan.js';
import type { Nodes } from '../xenstore/nodes.js';
import { below, type XenstorePath } from '../xenstore/path.js';
import { removeKeys, waitUntil, writeKeys } from './consoles.js';
import { readState } from './read-state.js';
import { namesOf, type Session } from './session.js';

/** The attempts to offer channels again: how long they are removed, and how long to wait for the guest. */
const offers = [
  { awayMs: 100, patienceMs: 2000 },
  { awayMs: 1000, patienceMs: 5000 },
] as const;

/**
 * Offers channels again that the guest has rejected.
 *
 * A guest that was restored without its channels keeps its frontends, but they do not work: Linux reads the
 * keys once, on resume, reports in its `error` directory that they are missing, and ignores keys that appear
 * later, because the device exists already (xenbus_probe.c: xenbus_dev_resume, xenbus_dev_changed). It removes
 * the device when a watch fires and the keys do not exist; after that it accepts new keys. It does not report
 * the removal. The `error` node is only a hint: a guest that writes it without reason delays only itself.
 */
export async function reofferChannels(session: Session, channels: readonly PlannedChannel[]): Promise<void> {
  const { host, domain } = session;
  const { store } = host;
  let left: readonly PlannedChannel[] = [];
  for (const channel of await untouched(store, domain.domid, channels)) {
    const error = below(errorOf(domain.domid, channel.devid), 'error');
    if ((await store.readBytes(error)) !== undefined) left = [...left, channel];
  }
  for (const { awayMs, patienceMs } of offers) {
    if (left.length === 0) return;
    await session.step(`offer ${namesOf(left)} again, which the guest has rejected`);
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

/** The channels whose frontend is still in its initial state. */
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

import { omitUndefined } from '../../language/omit-undefined.js';
import { domId, type DomId } from '../domid.js';
import { backendsOf, frontendsOf, homeOf, libxlConsolesOf } from '../keys.js';
import { isConnected } from '../xenbus-state.js';
import type { Xenstore } from '../xenstore/client.js';
import { below } from '../xenstore/path.js';
import type { WatchTarget } from '../xenstore/watch.js';
import { Changes } from './changes.js';
import { isThere, type RunningDomain } from '../dom0/domain.js';
import { observeChannels, type ObservedChannel } from './observe.js';

/** The state to wait for. */
export type Goal = 'connected' | 'disconnected';

/** The result of a wait; `channel` is the last observed state. */
export interface Waited {
  readonly outcome: 'reached' | 'domain-ended' | 'timeout';
  readonly channel?: ObservedChannel;
}

/**
 * Waits, by watches alone, until a channel of a domain is connected at both ends, or is not: closed, not yet
 * opened, or missing. A channel that does not exist yet can be waited for.
 *
 * The end of the domain disconnects all of its channels; for a caller that waits for a connection it is
 * `domain-ended`.
 *
 * @param signal aborts the wait
 * @throws XenstoreError
 */
export async function waitForChannel(
  store: Xenstore,
  domain: RunningDomain,
  name: string,
  goal: Goal,
  signal?: AbortSignal,
): Promise<Waited> {
  let channel: ObservedChannel | undefined;
  const seen = (outcome: Waited['outcome']): Waited => omitUndefined({ outcome, channel });
  try {
    for (let backendDomid = domId(0); ;) {
      await using changes = await Changes.of(store, placesOf(domain.domid, backendDomid), signal);
      do {
        await changes.next();
        if (!(await isThere(store, domain))) {
          channel = undefined;
          return seen(goal === 'disconnected' ? 'reached' : 'domain-ended');
        }
        channel = (await observeChannels(store, domain.domid)).find((one) => one.name === name);
        if (isReached(channel, goal)) return seen('reached');
      } while (channel?.backendDomid === undefined || channel.backendDomid === backendDomid);
      ({ backendDomid } = channel);
    }
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return seen('timeout');
    throw error;
  }
}

const isReached = (channel: ObservedChannel | undefined, goal: Goal): boolean =>
  (channel !== undefined && isConnected(channel)) === (goal === 'connected');

/** The nodes that change when a channel or its domain is created, changes state or is removed. */
const placesOf = (domid: DomId, backendDomid: DomId): readonly WatchTarget[] => [
  libxlConsolesOf(domid),
  frontendsOf(domid),
  backendsOf(domid, backendDomid),
  below(homeOf(domid), 'vm'),
];

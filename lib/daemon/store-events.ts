import { domId } from '../realize/domid.js';
import { recordedDomains } from '../realize/host/record.js';
import type { Xenstore } from '../realize/xenstore/client.js';
import { xenstorePath } from '../realize/xenstore/path.js';
import type { WatchOptions, WatchTarget } from '../realize/xenstore/watch.js';
import type { Domains } from './domains.js';

const backends = xenstorePath('/local/domain/0/backend/console');

/** What is called for the events of xenstored. */
export interface StoreListener {
  /** A domain has appeared, has ended, or keys of its channels have been changed by other programs. */
  readonly domainChanged: (uuid: string) => void;
  /** The state of a channel has changed; a guest can cause this at any time, so it must stay cheap. */
  readonly stateChanged: (uuid: string) => void;
  /** All events are watched, and the running domains are known. */
  readonly connected: () => void;
}

/**
 * Follows the domains and channels of one connection to xenstored until it is stopped.
 * @param runtimeDirectory where domains are recorded: of one that has ended meanwhile, only the record is left
 * @throws when the connection is lost
 */
export async function followStore(
  store: Xenstore,
  domains: Domains,
  runtimeDirectory: string,
  stop: AbortSignal,
  { domainChanged, stateChanged, connected }: StoreListener,
): Promise<void> {
  const over = new AbortController();
  const end = (): void => over.abort(stop.reason);
  stop.addEventListener('abort', end);
  try {
    const watched = Promise.all([
      follow(store, '@introduceDomain', { signal: over.signal }, () => domains.findNew()),
      follow(store, '@releaseDomain', { signal: over.signal }, async () => {
        await domains.findEnded();
        await domains.findNew();
      }),
      // What a pass writes is no reason for another.
      follow(store, backends, { signal: over.signal, ofOthers: true }, (path) => {
        const { domid, isState } = partsOf(path);
        const domain = domid === undefined ? undefined : domains.withDomid(domid);
        if (domain) (isState ? stateChanged : domainChanged)(domain.uuid);
      }),
    ]);
    watched.catch(() => undefined);
    await domains.findNew();
    for (const uuid of await recordedDomains(runtimeDirectory)) domainChanged(uuid);
    connected();
    await watched;
  } finally {
    stop.removeEventListener('abort', end);
    over.abort();
  }
}

/** The domain whose channel a path is about, and whether it is the state of the channel. */
function partsOf(path: WatchTarget) {
  const [, domid, end] = /^\/local\/domain\/0\/backend\/console\/([0-9]+)(?:\/.*?([^/]+))?$/.exec(path) ?? [];
  return { domid: domid === undefined ? undefined : domId(Number(domid)), isState: end === 'state' };
}

async function follow<Target extends WatchTarget>(
  store: Xenstore,
  target: Target,
  options: WatchOptions,
  changed: (path: Target) => Promise<void> | void,
): Promise<void> {
  for await (const path of await store.watch(target, options)) await changed(path);
}

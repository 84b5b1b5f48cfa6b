import { setTimeout as delay } from 'node:timers/promises';
import type { RunningDomain } from '../realize/dom0/domain.js';
import type { DomId } from '../realize/domid.js';
import type { LookAtSocket } from '../realize/host/serving.js';
import type { DaemonEvent } from './events.js';

/** A channel with a listening socket on this host. */
export interface ChannelSocket {
  readonly channel: string;
  readonly path: string;
}

export interface ClientWatchSettings {
  /** The running domains; none without a connection to xenstored. */
  readonly domains: () => readonly RunningDomain[];
  /** The sockets of a domain's channels. */
  readonly socketsOf: (domain: RunningDomain) => Promise<readonly ChannelSocket[]>;
  /** Reads all sockets of this host. */
  readonly lookAtSockets: () => Promise<LookAtSocket>;
  readonly everyMs: number;
  readonly tell: (event: DaemonEvent) => void;
}

interface Watched {
  /** The sockets are found again. */
  isStale: boolean;
  sockets: readonly ChannelSocket[];
  /** The channels that have a client. */
  used: ReadonlySet<string>;
}

/**
 * Reports programs of this host that connect to the sockets of channels, and disconnect. Neither QEMU nor the kernel tells
 * about them, so it looks for them at intervals. The sockets themselves are found again only after an event of their domain.
 */
export class ClientWatch {
  readonly #settings: ClientWatchSettings;
  readonly #watched = new Map<DomId, Watched>();

  constructor(settings: ClientWatchSettings) {
    this.#settings = settings;
  }

  readonly follow = (event: DaemonEvent): void => {
    if (event.event === 'store-connected')
      for (const watched of this.#watched.values()) watched.isStale = true;
    if (!('domain' in event) || event.event.startsWith('client-')) return;
    const watched = this.#watched.get(event.domain.domid);
    if (watched) watched.isStale = true;
  };

  /** Looks at intervals, until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { everyMs } = this.#settings;
    while (await delay(everyMs, true, { signal }).catch(() => false)) await this.#look();
  }

  async #look(): Promise<void> {
    const domains = this.#settings.domains();
    const domids = new Set(domains.map(({ domid }) => domid));
    for (const domid of this.#watched.keys()) if (!domids.has(domid)) this.#watched.delete(domid);
    if (domains.length === 0) return;
    const lookAt = await this.#settings.lookAtSockets();
    for (const domain of domains) await this.#lookAtDomain(domain, lookAt);
  }

  async #lookAtDomain(domain: RunningDomain, lookAt: LookAtSocket): Promise<void> {
    const { socketsOf, tell } = this.#settings;
    const watched: Watched = this.#watched.get(domain.domid) ?? {
      isStale: true,
      sockets: [],
      used: new Set(),
    };
    this.#watched.set(domain.domid, watched);
    if (watched.isStale) {
      // Before, because an event can follow meanwhile.
      watched.isStale = false;
      try {
        watched.sockets = await socketsOf(domain);
      } catch {
        // The domain, or the connection to xenstored, can end meanwhile.
        watched.isStale = true;
        return;
      }
    }
    const used = watched.sockets.filter(({ path }) => (lookAt(path)?.clients ?? 0) > 0);
    const before = watched.used;
    watched.used = new Set(used.map(({ channel }) => channel));
    for (const channel of watched.used)
      if (!before.has(channel)) tell({ event: 'client-connected', channel, domain });
    for (const channel of before)
      if (!watched.used.has(channel)) tell({ event: 'client-disconnected', channel, domain });
  }
}

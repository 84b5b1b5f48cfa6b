import type { RunningDomain } from '../realize/dom0/domain.js';
import type { DomId } from '../realize/domid.js';
import { observeChannels } from '../realize/host/observe.js';
import { isConnected } from '../realize/xenbus-state.js';
import type { Xenstore } from '../realize/xenstore/client.js';
import type { Domains } from './domains.js';
import type { ChannelEvent, DaemonEvent } from './events.js';
import { Queue } from './queue.js';

/** How often the state of channels is read at most, whatever a guest does. */
const observeEveryMs = 100;

/** What was seen of the channels of a domain. */
interface Seen {
  readonly domain: RunningDomain;
  /** The channels whose guest is connected. */
  readonly connected: ReadonlySet<string>;
  /** The ports that programs in the guest have open. */
  readonly opened: ReadonlySet<string>;
}

/** A connection to xenstored, and the domains that were found there. */
export interface Connection {
  readonly store: Xenstore;
  readonly domains: Domains;
}

export interface GuestsSettings {
  /** The number of domains that are looked at at the same time. */
  readonly jobs: number;
  /** The present connection to xenstored. */
  readonly connection: () => Connection | undefined;
  /** The ports that programs in a guest have open; absent: not known. */
  readonly openPorts: (domid: DomId) => ReadonlySet<string> | undefined;
  readonly tell: (event: DaemonEvent) => void;
}

/** Sees which guests are connected to their channels, and which ports they have open; reports what changes. */
export class Guests {
  readonly #settings: GuestsSettings;
  readonly #queue: Queue;
  readonly #seen = new Map<string, Seen>();

  constructor(settings: GuestsSettings) {
    this.#settings = settings;
    this.#queue = new Queue({ run: (uuid) => this.#observe(uuid), jobs: settings.jobs });
  }

  /** Looks at a domain now. */
  look(uuid: string): void {
    this.#queue.add(uuid);
  }

  /** Looks at a domain whose state has changed, which a guest can do as often as it likes. */
  changed(uuid: string): void {
    this.#queue.add(uuid, observeEveryMs);
  }

  /** The domain has ended, which is an event of its own: nothing of it is reported. */
  ended(uuid: string): void {
    this.#seen.delete(uuid);
  }

  /** The domain is not here any more. */
  gone(uuid: string): void {
    const seen = this.#seen.get(uuid);
    if (seen) this.#report(uuid, { ...seen, connected: new Set(), opened: new Set() });
    this.#seen.delete(uuid);
  }

  async close(): Promise<void> {
    await this.#queue.close();
  }

  async #observe(uuid: string): Promise<void> {
    const { connection, openPorts } = this.#settings;
    const { store, domains } = connection() ?? {};
    const domain = domains?.withUuid(uuid)[0];
    if (!store || !domain) return;
    // The connection can end meanwhile.
    const channels = await observeChannels(store, domain.domid).catch(() => undefined);
    // So can the domain: what is gone must not be seen again.
    if (!channels || !domains.withUuid(uuid).includes(domain)) return;
    const connected = new Set(channels.filter(isConnected).map(({ name }) => name));
    this.#report(uuid, { domain, connected, opened: openPorts(domain.domid) ?? new Set() });
  }

  #report(uuid: string, now: Seen): void {
    const before = this.#seen.get(uuid);
    this.#seen.set(uuid, now);
    this.#compare(now.domain, before?.connected, now.connected, ['guest-connected', 'guest-disconnected']);
    this.#compare(now.domain, before?.opened, now.opened, ['port-opened', 'port-closed']);
  }

  #compare(
    domain: RunningDomain,
    before: ReadonlySet<string> = new Set(),
    now: ReadonlySet<string>,
    [added, removed]: readonly [ChannelEvent['event'], ChannelEvent['event']],
  ): void {
    const { tell } = this.#settings;
    for (const channel of now) if (!before.has(channel)) tell({ event: added, channel, domain });
    for (const channel of before) if (!now.has(channel)) tell({ event: removed, channel, domain });
  }
}

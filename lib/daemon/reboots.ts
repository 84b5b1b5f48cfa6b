import type { RunningDomain } from '../realize/dom0/domain.js';
import type { DomId } from '../realize/domid.js';
import { isIncoming } from './built.js';

/** A toolstack creates the domain of a guest that reboots within seconds after the end of the old one. */
const rebootMs = 60_000;

interface Life {
  /** The IDs that were seen at the same time: two while a domain is migrated within this host. */
  domids: ReadonlySet<DomId>;
  /** When it ended; absent while it runs. */
  endedAt?: number;
}

/**
 * Finds guests that have rebooted: Xen destroys the domain and creates one with the same UUID and another ID. A
 * migration within the host does so, too, but both domains exist for a while.
 */
export class Reboots {
  readonly #lives = new Map<string, Life>();

  /**
   * To be called with the domains that have a UUID whenever they may have changed.
   * @param now in milliseconds
   * @returns the new domain of a guest that has rebooted since the last call
   */
  find(uuid: string, running: readonly RunningDomain[], now: number): RunningDomain | undefined {
    this.#forget(now);
    const before = this.#lives.get(uuid);
    const [domain] = running;
    if (!domain) {
      if (before) before.endedAt ??= now;
      return undefined;
    }
    const isSame = running.some(({ domid }) => before?.domids.has(domid));
    const domids = running.map(({ domid }) => domid);
    this.#lives.set(uuid, { domids: new Set([...(isSame ? (before?.domids ?? []) : []), ...domids]) });
    return before && !isSame && !isIncoming(domain) ? domain : undefined;
  }

  /** A guest that has ended for longer was shut down. */
  #forget(now: number): void {
    for (const [uuid, { endedAt }] of this.#lives)
      if (endedAt !== undefined && now - endedAt > rebootMs) this.#lives.delete(uuid);
  }
}

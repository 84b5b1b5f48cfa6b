import { readDomain, type RunningDomain } from '../realize/dom0/domain.js';
import { domId, type DomId } from '../realize/domid.js';
import { Changes } from '../realize/host/changes.js';
import type { Xenstore } from '../realize/xenstore/client.js';
import { xenstorePath } from '../realize/xenstore/path.js';
import { buildNodes } from './built.js';

interface Known {
  domain: RunningDomain | undefined;
  isIntroduced: boolean;
  /** The nodes of a domain that has ended can remain. */
  hasEnded: boolean;
  /** Follows what changes while it is built. */
  readonly stop: AbortController;
  isFollowed: boolean;
}

/** The running domains of one connection to xenstored, kept up to date by events. */
export class Domains {
  readonly #store: Xenstore;
  readonly #known = new Map<DomId, Known>();
  readonly #onChange: (uuid: string) => void;

  /** @param onChange called for a domain that appears, ends, or is renamed */
  constructor(store: Xenstore, onChange: (uuid: string) => void) {
    this.#store = store;
    this.#onChange = onChange;
  }

  /** The domains with a UUID, by ID. */
  withUuid(uuid: string): readonly RunningDomain[] {
    return this.all.filter((domain) => domain.uuid === uuid);
  }

  get all(): readonly RunningDomain[] {
    return [...this.#known.values()].flatMap(({ domain, hasEnded }) => (domain && !hasEnded ? [domain] : []));
  }

  withDomid(domid: number): RunningDomain | undefined {
    return this.#known.get(domid as DomId)?.domain;
  }

  /** Finds domains that have appeared: only those are read. */
  async findNew(): Promise<void> {
    const domids = await this.#domids();
    await Promise.all(
      domids.map(async (domid) => {
        if (!this.#known.has(domid)) await this.#add(domid);
      }),
    );
  }

  /** Finds domains that have ended, or whose ID another one has now. */
  async findEnded(): Promise<void> {
    const domids = new Set(await this.#domids());
    await Promise.all(
      [...this.#known].map(async ([domid, known]) => {
        const isIntroduced = await this.#store.isIntroduced(domid);
        const domain = domids.has(domid) ? await readDomain(this.#store, domid) : undefined;
        if (!domids.has(domid) || domain?.uuid !== known.domain?.uuid) {
          this.#known.delete(domid);
          known.stop.abort();
          if (domids.has(domid)) await this.#add(domid);
        } else if (known.isIntroduced && !isIntroduced) known.hasEnded = true;
        else {
          known.isIntroduced ||= isIntroduced;
          return;
        }
        if (known.domain) this.#onChange(known.domain.uuid);
      }),
    );
  }

  /** Reports each change of a domain that is not built yet, or has a temporary name. */
  follow({ domid }: { readonly domid: DomId }): void {
    const known = this.#known.get(domid);
    if (!known || known.isFollowed) return;
    known.isFollowed = true;
    void this.#follow(domid, known).catch(() => {
      // The connection has ended, or the domain.
      known.isFollowed = false;
    });
  }

  /** Ends that. */
  unfollow({ domid }: RunningDomain): void {
    const known = this.#known.get(domid);
    if (!known?.isFollowed) return;
    known.stop.abort();
    this.#known.set(domid, { ...known, isFollowed: false, stop: new AbortController() });
  }

  async #follow(domid: DomId, known: Known): Promise<void> {
    await using changes = await Changes.of(this.#store, buildNodes(domid), known.stop.signal);
    for (;;) {
      await changes.next();
      const domain = await readDomain(this.#store, domid);
      if (known.domain && domain?.uuid !== known.domain.uuid) return;
      if (!domain) continue;
      known.domain = domain;
      this.#onChange(domain.uuid);
    }
  }

  async #add(domid: DomId): Promise<void> {
    const known: Known = {
      domain: undefined,
      isIntroduced: false,
      hasEnded: false,
      stop: new AbortController(),
      isFollowed: false,
    };
    this.#known.set(domid, known);
    known.isIntroduced = await this.#store.isIntroduced(domid);
    known.domain = await readDomain(this.#store, domid);
    if (known.domain) this.#onChange(known.domain.uuid);
    // Its nodes are incomplete.
    else this.follow({ domid });
  }

  async #domids(): Promise<readonly DomId[]> {
    const names = (await this.#store.directory(xenstorePath('/local/domain'))) ?? [];
    return names.filter((name) => /^[1-9][0-9]{0,4}$/.test(name)).map((name) => domId(Number(name)));
  }
}

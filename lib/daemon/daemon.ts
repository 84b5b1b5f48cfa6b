import { setTimeout as delay } from 'node:timers/promises';
import type { DomId } from '../realize/domid.js';
import { Xenstore } from '../realize/xenstore/client.js';
import { XenstoreError } from '../realize/xenstore/error.js';
import { retryAfter } from './attempts.js';
import { DocumentSources, type DocumentPlaces } from './document-sources.js';
import { documentsFor, reasonOf, type Documents } from './documents.js';
import { Domains } from './domains.js';
import { Exits } from './exits.js';
import { Guests, type Connection } from './guests.js';
import { Passes, type PassSettings } from './passes.js';
import { PortMonitors } from './port-monitors.js';
import { Queue } from './queue.js';
import { followStore } from './store-events.js';

export interface DaemonSettings extends DocumentPlaces, PassSettings {
  /** The socket of xenstored. */
  readonly storePath: string;
  /** The socket to which device models connect that report open ports; absent: none. */
  readonly portSocket?: string;
  /** The number of domains that are worked on at the same time, and so of QEMUs that start (default: 4). */
  readonly jobs?: number;
}

/** How long a stop waits for passes to end; to interrupt one is safe. */
const graceMs = 2000;

/**
 * Keeps the channels of all domains in the state that the documents of a directory specify, until it is stopped. It reacts
 * to events of xenstored, of the directory and of processes, and does not poll. Whatever happens, a domain is queued, and
 * a pass brings it to the desired state: see reconcile.
 */
export class Daemon {
  readonly #settings: DaemonSettings;
  readonly #queue: Queue;
  readonly #guests: Guests;
  readonly #exits: Exits;
  readonly #sources: DocumentSources;
  readonly #passes: Passes;
  #portMonitors: PortMonitors | undefined;
  #connection: Connection | undefined;
  #loading: Promise<void> = Promise.resolve();

  constructor(settings: DaemonSettings) {
    this.#settings = settings;
    const { jobs = 4 } = settings;
    this.#queue = new Queue({ run: (uuid) => this.#passes.run(uuid), jobs });
    const connection = (): Connection | undefined => this.#connection;
    const openPorts = (domid: DomId): ReadonlySet<string> | undefined => this.#portMonitors?.openPorts(domid);
    this.#guests = new Guests({ jobs, connection, openPorts, tell: settings.tell });
    this.#exits = new Exits((uuid) => this.#passes.exited(uuid));
    this.#passes = new Passes(settings, {
      connection,
      openPorts,
      documents: () => this.documents,
      queue: this.#queue,
      guests: this.#guests,
      exits: this.#exits,
    });
    this.#sources = new DocumentSources(settings, settings.tell, () => void this.reload());
  }

  /**
   * Runs until `stop` is aborted; then it closes everything that it has opened, and leaves the channels and their QEMUs as
   * they are.
   *
   * @throws QemuError `socket` if another daemon runs
   * @param ready called when the documents have been read and, if xenstored runs, its events are watched
   */
  async run(stop: AbortSignal, ready: () => void): Promise<void> {
    const { portSocket } = this.#settings;
    await using monitors =
      portSocket === undefined
        ? undefined
        : await PortMonitors.listen(portSocket, (domid) => this.#portsChanged(domid));
    this.#portMonitors = monitors;
    await this.reload();
    // A function, for it changes while one of the others is awaited.
    const isStopped = (): boolean => stop.aborted;
    let isReady = false;
    const setReady = (): void => {
      if (!isReady) ready();
      isReady = true;
    };
    for (let failures = 0; !isStopped(); failures += 1) {
      try {
        await this.#serve(stop, () => {
          failures = 0;
          this.#settings.tell({ event: 'store-connected' });
          setReady();
        });
      } catch (error) {
        if (isStopped()) break;
        const retryInMs = retryAfter(failures);
        this.#settings.tell({ event: 'store-lost', reason: reasonOf(error), retryInMs });
        setReady();
        await delay(retryInMs, undefined, { signal: stop }).catch(() => undefined);
      }
    }
    this.#sources.close();
    this.#exits.close();
    const grace = new AbortController();
    await Promise.race([
      Promise.all([this.#queue.close(), this.#guests.close()]),
      delay(graceMs, undefined, { signal: grace.signal }).catch(() => undefined),
    ]);
    grace.abort();
    this.#connection?.store.close();
  }

  get documents(): Documents {
    return this.#sources.documents;
  }

  get documentDirectory(): string {
    return this.#settings.documentDirectory;
  }

  get host(): DaemonSettings['host'] {
    return this.#settings.host;
  }

  get isConnected(): boolean {
    return this.#connection?.store.isOpen ?? false;
  }

  /** @throws XenstoreError `ECONNREFUSED` while there is none */
  get connection(): Connection {
    if (this.#connection) return this.#connection;
    throw new XenstoreError('ECONNREFUSED', { reason: 'not connected to xenstored' });
  }

  /** Why the last pass failed; absent if it did not. */
  failureOf(uuid: string): string | undefined {
    return this.#passes.failureOf(uuid);
  }

  /** Works on a domain, and waits until that is done. */
  async workOn(uuid: string): Promise<void> {
    await this.#queue.runNow(uuid);
  }

  /** Reads the documents that have changed, and works on the domains. */
  reload(): Promise<void> {
    return (this.#loading = this.#loading.then(() => this.#load()));
  }

  async #load(): Promise<void> {
    const { tell } = this.#settings;
    await this.#sources.reload();
    for (const { uuid, name } of this.#connection?.domains.all ?? []) {
      const [used, ...ignored] = documentsFor(this.documents, { uuid, name });
      for (const { file } of used ? ignored : [])
        tell({ event: 'document-ignored', file, reason: `${used?.file ?? ''} is for the same domain` });
      this.#queue.add(uuid);
    }
  }

  /** Serves one connection to xenstored. @throws when it is lost */
  async #serve(stop: AbortSignal, connected: () => void): Promise<void> {
    const { storePath, host } = this.#settings;
    const store = await Xenstore.connect(storePath, { signal: stop });
    const domainChanged = (uuid: string): void => this.#queue.add(uuid);
    const stateChanged = (uuid: string): void => this.#guests.changed(uuid);
    const domains = new Domains(store, domainChanged);
    this.#connection = { store, domains };
    try {
      const listener = { domainChanged, stateChanged, connected };
      await followStore(store, domains, host.runtimeDirectory, stop, listener);
    } finally {
      // A stop lets the passes end first.
      if (!stop.aborted) {
        this.#connection = undefined;
        store.close();
      }
    }
  }

  #portsChanged(domid: DomId): void {
    const domain = this.#connection?.domains.withDomid(domid);
    if (domain) this.#guests.changed(domain.uuid);
  }
}

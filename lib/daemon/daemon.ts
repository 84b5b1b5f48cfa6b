import { setTimeout as delay } from 'node:timers/promises';
import type { RunningDomain } from '../realize/dom0/domain.js';
import type { Host } from '../realize/dom0/host.js';
import { domId, type DomId } from '../realize/domid.js';
import { RealizeError } from '../realize/error.js';
import { pauseMs } from '../realize/supervise.js';
import { Xenstore } from '../realize/xenstore/client.js';
import { XenstoreError } from '../realize/xenstore/error.js';
import { Attempts, retryAfter } from './attempts.js';
import { isIncoming } from './built.js';
import { DocumentSources, type DocumentPlaces } from './document-sources.js';
import { documentsFor, type Documents } from './documents.js';
import { Domains } from './domains.js';
import type { DaemonEvent } from './events.js';
import { Exits } from './exits.js';
import { Guests } from './guests.js';
import { PortMonitors } from './port-monitors.js';
import { Queue } from './queue.js';
import { codeOf, reconcile, type Pass } from './reconcile.js';
import { Reboots } from './reboots.js';
import { followStore } from './store-events.js';

export interface DaemonSettings extends DocumentPlaces {
  /** The socket of xenstored. */
  readonly storePath: string;
  readonly host: Omit<Host, 'store'>;
  /** The socket to which device models connect that report open ports; absent: none. */
  readonly portSocket?: string;
  /** The number of domains that are worked on at the same time, and so of QEMUs that start (default: 4). */
  readonly jobs?: number;
  /** A QEMU that served for this long did not fail at start, and is restarted at once (default: 60 s). */
  readonly steadyMs?: number;
  readonly tell: (event: DaemonEvent) => void;
  /** Called after each pass, with the kind of its error, if it failed. */
  readonly countPass?: (seconds: number, code?: string) => void;
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
  readonly #attempts = new Attempts();
  readonly #reboots = new Reboots();
  #portMonitors: PortMonitors | undefined;
  #connection: { readonly store: Xenstore; readonly domains: Domains } | undefined;
  #loading: Promise<void> = Promise.resolve();

  constructor(settings: DaemonSettings) {
    this.#settings = settings;
    const { jobs = 4 } = settings;
    this.#queue = new Queue({ run: (uuid) => this.#pass(uuid), jobs });
    this.#guests = new Guests({
      jobs,
      connection: () => this.#connection,
      openPorts: (domid) => this.#portMonitors?.openPorts(domid),
      tell: settings.tell,
    });
    this.#exits = new Exits((uuid) => this.#exited(uuid));
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
  get connection(): { readonly store: Xenstore; readonly domains: Domains } {
    if (this.#connection) return this.#connection;
    throw new XenstoreError('ECONNREFUSED', { reason: 'not connected to xenstored' });
  }

  /** Why the last pass failed; absent if it did not. */
  failureOf(uuid: string): string | undefined {
    return this.#attempts.find(uuid)?.reason;
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

  async #pass(uuid: string): Promise<void> {
    const connection = this.#connection;
    if (!connection) return;
    const { store, domains } = connection;
    const running = domains.withUuid(uuid);
    const attempt = this.#attempts.of(uuid);
    const { applied } = attempt;
    const begun = performance.now();
    const rebooted = this.#reboots.find(uuid, running, begun);
    const count = (code?: string): void =>
      this.#settings.countPass?.((performance.now() - begun) / 1000, code);
    try {
      const pass = await reconcile({ ...this.#settings.host, store }, uuid, {
        running,
        documents: this.documents,
        applied,
      });
      count();
      this.#passed(uuid, pass, domains);
    } catch (error) {
      count(codeOf(error));
      this.#failed(uuid, running.at(-1), error);
    }
    if (rebooted) this.#settings.tell({ event: 'guest-rebooted', domain: rebooted });
  }

  #passed(uuid: string, pass: Pass, domains: Domains): void {
    const { tell } = this.#settings;
    const { domain, ended, desired, servedBy } = pass;
    const attempt = this.#attempts.of(uuid);
    if (ended) {
      tell({ event: 'domain-ended', domain: ended });
      this.#guests.ended(uuid);
    }
    if (!domain) {
      this.#guests.gone(uuid);
      this.#exits.watch(uuid, undefined);
      this.#attempts.delete(uuid);
      return;
    }
    for (const event of pass.events) tell({ ...event, domain });
    if (pass.isWaiting || (isIncoming(domain) && !desired)) return domains.follow(domain);
    domains.unfollow(domain);
    delete attempt.reason;
    if (desired) attempt.applied = desired;
    else delete attempt.applied;
    attempt.since = performance.now();
    this.#exits.watch(uuid, servedBy);
    if (desired || this.#portMonitors?.openPorts(domain.domid)) this.#guests.look(uuid);
  }

  #failed(uuid: string, domain: RunningDomain | undefined, error: unknown): void {
    const connection = this.#connection;
    // After a reconnection everything is queued again.
    if (!connection?.store.isOpen) return;
    if (domain && error instanceof RealizeError && error.failure === 'gone') {
      // It has ended during the pass, which has cleaned up.
      this.#settings.tell({ event: 'domain-ended', domain });
      return this.#queue.add(uuid, retryAfter(0));
    }
    const attempt = this.#attempts.of(uuid);
    const retryInMs = retryAfter(attempt.failures);
    attempt.failures += 1;
    const reason = reasonOf(error);
    const about = domain ?? { domid: domId(0), name: uuid, uuid };
    if (reason !== attempt.reason)
      this.#settings.tell({ event: 'failed', domain: about, code: codeOf(error), reason, retryInMs });
    attempt.reason = reason;
    this.#queue.add(uuid, retryInMs);
  }

  #exited(uuid: string): void {
    const attempt = this.#attempts.of(uuid);
    const { steadyMs = 60_000 } = this.#settings;
    if (performance.now() - attempt.since >= steadyMs) attempt.failures = 0;
    const domain = this.#connection?.domains.withUuid(uuid).at(-1);
    if (domain) this.#settings.tell({ event: 'qemu-exited', domain });
    this.#queue.add(uuid, pauseMs(attempt.failures));
    attempt.failures += 1;
  }

  #portsChanged(domid: DomId): void {
    const domain = this.#connection?.domains.withDomid(domid);
    if (domain) this.#guests.changed(domain.uuid);
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

import type { RunningDomain } from '../realize/dom0/domain.js';
import type { Host } from '../realize/dom0/host.js';
import { domId, type DomId } from '../realize/domid.js';
import { RealizeError } from '../realize/error.js';
import { pauseMs } from '../realize/supervise.js';
import { Attempts, retryAfter } from './attempts.js';
import { isIncoming } from './built.js';
import { reasonOf, type Documents } from './documents.js';
import type { Domains } from './domains.js';
import type { DaemonEvent } from './events.js';
import type { Exits } from './exits.js';
import type { Connection, Guests } from './guests.js';
import type { Queue } from './queue.js';
import { Reboots } from './reboots.js';
import { codeOf, reconcile, type Pass } from './reconcile.js';

export interface PassSettings {
  readonly host: Omit<Host, 'store'>;
  /** A QEMU that served for this long did not fail at start, and is restarted at once (default: 60 s). */
  readonly steadyMs?: number;
  readonly tell: (event: DaemonEvent) => void;
  /** Called after each pass, with the kind of its error, if it failed. */
  readonly countPass?: (seconds: number, code?: string) => void;
}

/** The parts of the daemon that a pass reads from, and that continue after it. */
interface Surroundings {
  /** The present connection to xenstored. */
  readonly connection: () => Connection | undefined;
  readonly documents: () => Documents;
  /** The ports that programs in a guest have open; absent: not known. */
  readonly openPorts: (domid: DomId) => ReadonlySet<string> | undefined;
  readonly queue: Queue;
  readonly guests: Guests;
  readonly exits: Exits;
}

/** The passes of the daemon: what follows of each for its domain, and what is remembered until the next one. */
export class Passes {
  readonly #settings: PassSettings;
  readonly #surroundings: Surroundings;
  readonly #attempts = new Attempts();
  readonly #reboots = new Reboots();

  constructor(settings: PassSettings, surroundings: Surroundings) {
    this.#settings = settings;
    this.#surroundings = surroundings;
  }

  /** Why the last pass failed; absent if it did not. */
  failureOf(uuid: string): string | undefined {
    return this.#attempts.find(uuid)?.reason;
  }

  /** Brings a domain to the desired state; a failure is reported, and the domain queued again. */
  async run(uuid: string): Promise<void> {
    const connection = this.#surroundings.connection();
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
        documents: this.#surroundings.documents(),
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
    const { domain, ended, desired, hadChannels, servedBy } = pass;
    const attempt = this.#attempts.of(uuid);
    if (ended) {
      tell({ event: 'domain-ended', domain: ended });
      this.#surroundings.guests.ended(uuid);
    }
    if (!domain) {
      this.#surroundings.guests.gone(uuid);
      this.#surroundings.exits.watch(uuid, undefined);
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
    this.#surroundings.exits.watch(uuid, servedBy);
    if (hadChannels || this.#surroundings.openPorts(domain.domid)) this.#surroundings.guests.look(uuid);
  }

  #failed(uuid: string, domain: RunningDomain | undefined, error: unknown): void {
    const connection = this.#surroundings.connection();
    // After a reconnection everything is queued again.
    if (!connection?.store.isOpen) return;
    if (domain && error instanceof RealizeError && error.failure === 'gone') {
      // It has ended during the pass, which has cleaned up.
      this.#settings.tell({ event: 'domain-ended', domain });
      return this.#surroundings.queue.add(uuid, retryAfter(0));
    }
    const attempt = this.#attempts.of(uuid);
    const retryInMs = retryAfter(attempt.failures);
    attempt.failures += 1;
    const reason = reasonOf(error);
    const about = domain ?? { domid: domId(0), name: uuid, uuid };
    if (reason !== attempt.reason)
      this.#settings.tell({ event: 'failed', domain: about, code: codeOf(error), reason, retryInMs });
    attempt.reason = reason;
    this.#surroundings.queue.add(uuid, retryInMs);
  }

  /** The QEMU of a domain has exited. */
  exited(uuid: string): void {
    const attempt = this.#attempts.of(uuid);
    const { steadyMs = 60_000 } = this.#settings;
    if (performance.now() - attempt.since >= steadyMs) attempt.failures = 0;
    const domain = this.#surroundings.connection()?.domains.withUuid(uuid).at(-1);
    if (domain) this.#settings.tell({ event: 'qemu-exited', domain });
    this.#surroundings.queue.add(uuid, pauseMs(attempt.failures));
    attempt.failures += 1;
  }
}

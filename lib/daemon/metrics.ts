import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { observeChannels } from '../realize/host/observe.js';
import { channelState } from '../realize/xenbus-state.js';
import type { Daemon } from './daemon.js';
import type { DaemonEvent } from './events.js';

/** The metrics of a daemon, for Prometheus. States are read when they are asked for; nothing is collected meanwhile. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #passes = new Histogram({
    name: 'virt2xen_reconciliation_duration_seconds',
    help: 'Duration of the passes over a domain, by result',
    labelNames: ['result'] as const,
    buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
    registers: [this.#registry],
  });
  readonly #restarts = new Counter({
    name: 'virt2xen_qemu_restarts_total',
    help: 'QEMUs that have exited while they served channels',
    registers: [this.#registry],
  });
  readonly #errors = new Counter({
    name: 'virt2xen_errors_total',
    help: 'Failed passes, by kind of error',
    labelNames: ['code'] as const,
    registers: [this.#registry],
  });

  /** Counts an event. */
  readonly count = ({ event }: DaemonEvent): void => {
    if (event === 'qemu-exited') this.#restarts.inc();
  };

  /** Counts a pass. @param code the kind of its error; absent if it succeeded */
  readonly countPass = (seconds: number, code?: string): void => {
    this.#passes.observe({ result: code === undefined ? 'success' : 'failure' }, seconds);
    if (code !== undefined) this.#errors.inc({ code });
  };

  /** Adds the metrics that are read from a daemon. */
  readFrom(daemon: Daemon): void {
    const registers = [this.#registry];
    new Gauge({
      name: 'virt2xen_store_connected',
      help: 'Whether the daemon is connected to xenstored',
      registers,
      collect() {
        this.set(daemon.isConnected ? 1 : 0);
      },
    });
    new Gauge({
      name: 'virt2xen_documents',
      help: 'Documents, by validity of their current version',
      labelNames: ['state'],
      registers,
      collect() {
        const invalid = daemon.documents.all.filter(({ problem }) => problem !== undefined).length;
        this.set({ state: 'invalid' }, invalid);
        this.set({ state: 'valid' }, daemon.documents.all.length - invalid);
      },
    });
    new Gauge({
      name: 'virt2xen_channels',
      help: 'PV consoles with a name of all domains of the host, by state',
      labelNames: ['state'],
      registers,
      async collect() {
        this.reset();
        for (const state of ['connected', 'waiting', 'closed']) this.set({ state }, 0);
        if (!daemon.isConnected) return;
        const { store, domains } = daemon.connection;
        for (const { domid } of domains.all) {
          for (const channel of await observeChannels(store, domid))
            this.inc({ state: channelState(channel) });
        }
      },
    });
  }

  /** The text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import { AgentError } from '../agent/error.js';
import { openSession } from '../agent/node/open.js';
import type { RunningDomain } from '../realize/dom0/domain.js';
import { reasonOf } from './documents.js';
import type { DaemonEvent } from './events.js';
import { codeOf } from './reconcile.js';

/** The channel of QEMU's guest agent. */
const agentChannel = 'org.qemu.guest_agent.0';

/** An agent that runs answers in milliseconds. Meanwhile no other client can use it. */
const answerMs = 1000;

/** After a change, an agent is asked with growing pauses, until it has answered or a guest has had time to boot. */
const [shortestPauseMs, longestPauseMs, limitMs] = [1000, 30_000, 10 * 60_000];

/** The socket of a channel. */
export interface AgentSocket {
  readonly path: string;
  /** The number of connected clients; absent if that cannot be determined. */
  readonly clients?: number | undefined;
}

export interface AgentWatchSettings {
  /** Finds the socket of a channel; undefined if it has none, or does not exist. */
  readonly find: (domain: RunningDomain, channel: string) => Promise<AgentSocket | undefined>;
  readonly tell: (event: DaemonEvent) => void;
  /** The directory of the locks of agents. */
  readonly lockDirectory: string;
  /** Ends everything. */
  readonly signal: AbortSignal;
}

interface Watched {
  readonly stop: AbortController;
  isUp: boolean;
  /** The last reported fault. */
  reason?: string;
}

/**
 * Reports when guest agents start and stop to answer. It listens to the events of the daemon, and asks an agent only
 * after one of them: a guest has connected a PV console, or a program in it has opened a virtio-serial port. It asks with
 * short connections, only while no other client is connected, and under the lock of `virt2xen agent`. After the
 * answer it is silent until the next event.
 */
export class AgentWatch {
  readonly #settings: AgentWatchSettings;
  /** By UUID. */
  readonly #watched = new Map<string, Watched>();

  constructor(settings: AgentWatchSettings) {
    this.#settings = settings;
  }

  readonly follow = (event: DaemonEvent): void => {
    if (!('domain' in event)) return;
    if ('channel' in event && event.channel !== agentChannel) return;
    switch (event.event) {
      case 'guest-connected':
      case 'port-opened':
        this.#ended(event.domain);
        void this.#began(event.domain);
        return;
      case 'guest-disconnected':
      case 'port-closed':
      case 'channel-removed':
      case 'domain-ended':
        this.#ended(event.domain);
    }
  };

  async #began(domain: RunningDomain): Promise<void> {
    const watched: Watched = { stop: new AbortController(), isUp: false };
    this.#watched.set(domain.uuid, watched);
    const signal = AbortSignal.any([
      this.#settings.signal,
      watched.stop.signal,
      AbortSignal.timeout(limitMs),
    ]);
    try {
      for (let pauseMs = shortestPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
        if (await this.#answers(domain, watched, signal, pauseMs)) break;
        await delay(pauseMs, undefined, { signal });
      }
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
    watched.isUp = true;
    this.#settings.tell({ event: 'agent-up', channel: agentChannel, domain });
  }

  /**
   * Does not connect if another client is connected: QEMU would make either wait for the other.
   * @param retryInMs when it is asked again, for reports
   */
  async #answers(
    domain: RunningDomain,
    watched: Watched,
    signal: AbortSignal,
    retryInMs: number,
  ): Promise<boolean> {
    const { find, lockDirectory: directory, tell } = this.#settings;
    // The connection to xenstored can end meanwhile; after a reconnection there is another event.
    const socket = await find(domain, agentChannel).catch(() => undefined);
    signal.throwIfAborted();
    if (!socket || (socket.clients ?? 0) > 0) return false;
    try {
      const endpoint = { kind: 'socket', path: socket.path } as const;
      await using open = await openSession(endpoint, { purpose: 'virt2xen daemon', directory, signal });
      await open.session.ping({ timeoutMs: answerMs, signal });
      return true;
    } catch (error) {
      signal.throwIfAborted();
      // Not the agent, but this host: the lock is a file, and a disk can be full.
      if (error instanceof AgentError) return false;
      const reason = reasonOf(error);
      if (reason !== watched.reason)
        tell({ event: 'failed', domain, code: codeOf(error), reason, retryInMs });
      watched.reason = reason;
      return false;
    }
  }

  #ended(domain: RunningDomain): void {
    const watched = this.#watched.get(domain.uuid);
    if (!watched) return;
    this.#watched.delete(domain.uuid);
    watched.stop.abort();
    if (watched.isUp) this.#settings.tell({ event: 'agent-down', channel: agentChannel, domain });
  }
}

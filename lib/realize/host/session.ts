import { quoted } from '../../text/controls.js';
import type { Backend, Endpoints } from '../backends/backend.js';
import { backendCalled } from '../backends/choose.js';
import { RealizeError } from '../error.js';
import type { PlannedChannel } from '../plan.js';
import type { PlannedPort } from '../ports.js';
import type { SocketAccess } from '../qemu/access.js';
import { listensAtPath } from '../qemu/hotplug.js';
import { removeLeftovers } from '../qemu/socket.js';
import { removeKeys } from './consoles.js';
import { isThere, type RunningDomain } from '../dom0/domain.js';
import type { Host } from '../dom0/host.js';
import { lockDirectory, type Lock } from './lock.js';
import { directoryOf } from '../dom0/directory.js';
import { readRecord, removeRecord, writeRecord, type DomainRecord } from './record.js';

/**
 * Exclusive work on the channels of one domain: the lock, the record of what exists, and the backends
 * that serve the domain.
 */
export class Session implements AsyncDisposable {
  readonly host: Host;
  readonly domain: RunningDomain;
  readonly directory: string;
  /** What an earlier run has created, or was about to create. */
  record: DomainRecord | undefined;
  /** The document of the daemon that the channels are from. */
  document: string | undefined;
  readonly #lock: Lock;
  readonly #access: SocketAccess;
  readonly #ends = new Map<string, Endpoints>();

  private constructor(host: Host, domain: RunningDomain, lock: Lock, access: SocketAccess) {
    this.host = host;
    this.domain = domain;
    this.directory = directoryOf(host.runtimeDirectory, domain.uuid);
    this.#lock = lock;
    this.#access = access;
  }

  /** @throws RealizeError `busy`, `record` */
  static async begin(host: Host, domain: RunningDomain, access: SocketAccess): Promise<Session> {
    const directory = directoryOf(host.runtimeDirectory, domain.uuid);
    const lock = await lockDirectory(directory, host.lockTimeoutSeconds ?? 30);
    const session = new Session(host, domain, lock, access);
    try {
      session.record = await readRecord(directory);
      session.document = session.record?.document;
    } catch (error) {
      // An unreadable record is not removed.
      await lock[Symbol.asyncDispose]();
      throw error;
    }
    return session;
  }

  /** The channels in the record, complete or not. */
  get recorded(): readonly PlannedChannel[] {
    return this.record?.channels ?? [];
  }

  /** The ports in the record, complete or not. */
  get recordedPorts(): readonly PlannedPort[] {
    return this.record?.ports ?? [];
  }

  async step(what: string): Promise<void> {
    await this.host.onStep?.(what);
  }

  /** Writes the record of the desired channels, and of the ports (default: those in the record). */
  async remember(
    backend: string,
    channels: readonly PlannedChannel[],
    ports: readonly PlannedPort[] = this.recordedPorts,
  ): Promise<void> {
    const { domid, name } = this.domain;
    const record: DomainRecord = {
      ...{ version: 1, domid, name, backend, channels },
      ...(ports.length > 0 && { ports }),
      ...(this.document !== undefined && { document: this.document }),
    };
    if (JSON.stringify(record) === JSON.stringify(this.record)) return;
    await this.step(`record ${channels.length + ports.length} channels`);
    await writeRecord(this.directory, record);
    this.record = record;
  }

  /** The endpoints of this domain in a backend. */
  async endsOf(name: string, backend?: Backend): Promise<Endpoints> {
    const open = this.#ends.get(name);
    if (open) return open;
    const { host, domain, directory } = this;
    const given = { host, domain, directory, access: this.#access };
    const ends = await (backend ?? (await backendCalled(name))).open(given);
    this.#ends.set(name, ends);
    return ends;
  }

  /** Removes the endpoints of channels whose keys have been removed. */
  async removeEnds(channels: readonly PlannedChannel[]): Promise<void> {
    for (const [backend, served] of byBackend(channels)) {
      await this.step(`remove the endpoints of ${namesOf(served)}`);
      await (await this.endsOf(backend)).remove(served);
    }
  }

  /** Passes the remaining channels to the backends; removes the domain's directory if none remain. */
  async finish(channels: readonly PlannedChannel[], backends: readonly string[]): Promise<void> {
    const served = byBackend(channels);
    for (const backend of new Set(backends)) {
      await this.step(`finish backend ${backend} with ${served.get(backend)?.length ?? 0} channels`);
      await (await this.endsOf(backend)).finish(served.get(backend) ?? []);
    }
    if (channels.length > 0 || this.recordedPorts.length > 0) return;
    await this.step('remove the directory');
    await removeRecord(this.directory);
    this.record = undefined;
  }

  /**
   * Runs work on the domain. If it fails because the domain has ended, everything created for the domain is removed.
   * @throws RealizeError `gone`; what the work throws while the domain exists
   */
  async whileThere<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      const { host, domain } = this;
      if (await isThere(host.store, domain)) throw error;
      await this.clearAway();
      if (error instanceof RealizeError && error.failure === 'gone') throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new RealizeError('gone', `domain ${domain.domid} (${domain.name}) has ended (${reason})`);
    }
  }

  /** Removes everything that was created for a domain that has ended. libxl normally removes its keys. */
  async clearAway(): Promise<void> {
    const { host, domain, record } = this;
    if (record) {
      await removeKeys(host.store, domain, record.channels, { timeoutMs: 0, isServed: false });
      await this.removeEnds(record.channels);
      // QEMU has exited; the paths of its sockets remain.
      for (const { chardev } of this.recordedPorts) {
        if (listensAtPath(chardev)) await removeLeftovers(chardev.path);
      }
      this.record = { ...record, ports: [] };
    }
    await this.finish([], record ? backendsOf(record) : []);
  }

  /** Releases the lock; removes the directory if there is no record. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.record) await removeRecord(this.directory);
    await this.#lock[Symbol.asyncDispose]();
  }
}

/** All backends in a record. */
export const backendsOf = ({ backend, channels }: DomainRecord): readonly string[] => [
  ...new Set([backend, ...channels.map((channel) => channel.backend)]),
];

export function byBackend(
  channels: readonly PlannedChannel[],
): ReadonlyMap<string, readonly PlannedChannel[]> {
  const groups = new Map<string, PlannedChannel[]>();
  for (const channel of channels) {
    const group = groups.get(channel.backend);
    if (group) group.push(channel);
    else groups.set(channel.backend, [channel]);
  }
  return groups;
}

export const namesOf = (channels: readonly PlannedChannel[]): string =>
  channels.map(({ name }) => quoted(name)).join(', ');

import { omitUndefined } from '../../language/omit-undefined.js';
import type { Backend } from '../backends/backend.js';
import type { DevId } from '../devid.js';
import { diff, type Changes, type ExistingChannel } from '../diff.js';
import type { PlannedChannel } from '../plan.js';
import { hasKeys, removeKeys, resetBackends, writeKeys } from './consoles.js';
import { reofferChannels } from './refused.js';
import { backendsOf, byBackend, namesOf, type Session } from './session.js';

/** The result for one channel. `changed`: recreated with other settings; `restarted`: served by a new process. */
export interface ConvergedChannel {
  readonly devid: DevId;
  readonly name: string;
  readonly change: 'created' | 'changed' | 'restarted' | 'unchanged';
  readonly backend: string;
  /** The path of the endpoint: of a pty, the terminal. */
  readonly path?: string;
}

export interface Converged {
  readonly channels: readonly ConvergedChannel[];
  readonly removed: readonly string[];
}

const closeTimeoutMs = 5000;

/**
 * Reconciles the actual channels with the desired ones.
 *
 * The order makes it safe. Removal: first the keys, then the endpoints, so that no guest writes to a ring
 * that is not drained. Creation: first the record, then the endpoints, then the keys in one transaction.
 * So an interrupted run leaves keys with endpoints, or endpoints that are in the record.
 */
export async function converge(
  session: Session,
  wanted: readonly PlannedChannel[],
  backend: Backend,
): Promise<Converged> {
  const before = session.recorded;
  const backends = new Set([backend.name, ...(session.record ? backendsOf(session.record) : [])]);
  for (const channel of wanted) backends.add(channel.backend);
  await session.endsOf(backend.name, backend);
  const { existing, unserved } = await survey(session, before);
  const { remove } = diff(existing, wanted);
  await take(session, remove, unserved);
  // The process that served them may have been stopped with them.
  const left = before.filter((channel) => !remove.includes(channel));
  const changes = diff((await survey(session, left)).existing, wanted);
  if (wanted.length > 0 || session.recordedPorts.length > 0) await session.remember(backend.name, wanted);
  try {
    await make(session, changes);
  } catch (error) {
    await undo(session, changes, { backend: backend.name, backends });
    throw error;
  }
  await reofferChannels(session, wanted);
  for (const [name, kept] of byBackend(changes.keep)) await (await session.endsOf(name)).share?.(kept);
  await session.finish(wanted, [...backends]);
  return {
    channels: await outcome(session, wanted, before, changes),
    removed: before.map(({ name }) => name).filter((name) => !wanted.some((other) => other.name === name)),
  };
}

/** The actual state of recorded channels, and the backends without a serving process. */
async function survey(
  session: Session,
  channels: readonly PlannedChannel[],
): Promise<{ readonly existing: readonly ExistingChannel[]; readonly unserved: ReadonlySet<string> }> {
  const { host, domain } = session;
  const existing: ExistingChannel[] = [];
  const unserved = new Set<string>();
  for (const [backend, served] of byBackend(channels)) {
    const { working, isServed } = await (await session.endsOf(backend)).look(served);
    if (!isServed) unserved.add(backend);
    for (const channel of served) {
      const endpoint = working.has(channel.devid) ? 'works' : isServed ? 'missing' : 'dead';
      existing.push({ channel, hasKeys: await hasKeys(host.store, domain.domid, channel), endpoint });
    }
  }
  return { existing, unserved };
}

async function take(
  session: Session,
  channels: readonly PlannedChannel[],
  unserved: ReadonlySet<string>,
): Promise<void> {
  if (channels.length === 0) return;
  const { host, domain } = session;
  for (const [backend, served] of byBackend(channels)) {
    await session.step(`close and remove the keys of ${namesOf(served)}`);
    await removeKeys(host.store, domain, served, {
      timeoutMs: host.closeTimeoutMs ?? closeTimeoutMs,
      isServed: !unserved.has(backend),
    });
  }
  await session.removeEnds(channels);
}

async function make(session: Session, { revive, make: fresh }: Changes): Promise<void> {
  const { host, domain } = session;
  if (revive.length > 0) {
    await session.step(`reset the backends of ${namesOf(revive)}`);
    await resetBackends(host.store, domain, revive);
  }
  for (const [backend, channels] of byBackend([...revive, ...fresh])) {
    await session.step(`create the endpoints of ${namesOf(channels)}`);
    await (await session.endsOf(backend)).make(channels);
  }
  if (fresh.length === 0) return;
  await session.step(`write the keys of ${namesOf(fresh)}`);
  await writeKeys(host.store, domain, fresh);
}

/** Restores the previous state after a failed creation. */
async function undo(
  session: Session,
  { keep, revive, make: fresh }: Changes,
  { backend, backends }: { readonly backend: string; readonly backends: ReadonlySet<string> },
): Promise<void> {
  await session.removeEnds(fresh).catch(() => undefined);
  const left = [...keep, ...revive];
  if (left.length > 0 || session.recordedPorts.length > 0) return await session.remember(backend, left);
  await session.finish([], [...backends]).catch(() => undefined);
}

async function outcome(
  session: Session,
  wanted: readonly PlannedChannel[],
  before: readonly PlannedChannel[],
  { keep, revive }: Changes,
): Promise<readonly ConvergedChannel[]> {
  const ttys = new Map<DevId, string>();
  for (const [backend, channels] of byBackend(wanted)) {
    const { working } = await (await session.endsOf(backend)).look(channels);
    for (const [devid, { tty }] of working) if (tty !== undefined) ttys.set(devid, tty);
  }
  return wanted.map((channel) => {
    const { devid, name, backend, chardev } = channel;
    const path = 'path' in chardev ? chardev.path : ttys.get(devid);
    const wasThere = before.some((other) => other.name === name);
    const change = keep.includes(channel)
      ? 'unchanged'
      : revive.includes(channel)
        ? 'restarted'
        : wasThere
          ? 'changed'
          : 'created';
    return omitUndefined({ devid, name, change, backend, path });
  });
}

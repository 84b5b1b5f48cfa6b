import { QemuError } from '../realize/qemu/error.js';
import { QmpError } from '../realize/qmp/error.js';
import type { RunningDomain } from '../realize/dom0/domain.js';
import { directoryOf, lifelineOf, qemuDirectoryOf } from '../realize/dom0/directory.js';
import type { Host } from '../realize/dom0/host.js';
import { RealizeError } from '../realize/error.js';
import { attachToOne } from '../realize/host/attach.js';
import { cleanUpAfter, detachFromOne } from '../realize/host/detach.js';
import { readRecord, type DomainRecord } from '../realize/host/record.js';
import { qmpSocketOf } from '../realize/qemu/argv.js';
import type { WatchedQemu } from '../realize/qemu/lifeline.js';
import { XenstoreError } from '../realize/xenstore/error.js';
import { isBuilt } from './built.js';
import { documentFor, type Desired, type Documents } from './documents.js';
import type { ChannelEvent } from './events.js';

/** The result of one pass. */
export interface Pass {
  /** The domain that has the UUID now; absent if none. */
  readonly domain?: RunningDomain;
  /** An earlier domain with the UUID, of which everything was removed. */
  readonly ended?: RunningDomain;
  /** The document that was applied. */
  readonly desired?: Desired;
  readonly events: readonly ChannelEvent[];
  /** There were channels before, to which guests can be connected; without a further event of them. */
  readonly hadChannels?: boolean;
  /** The process whose exit ends the service of the channels; absent if it is not a QEMU of this host. */
  readonly servedBy?: WatchedQemu;
  /** libxl is still building the domain. */
  readonly isWaiting?: boolean;
}

/** Nothing of the document was applied, because a channel cannot be attached. */
export class RejectedError extends Error {}

/**
 * One pass for the domains with a UUID: removes what is left of one that has ended, and brings the channels of the running
 * one to the desired state. Everything is read each time, so it can be called at any time, and be killed at any step.
 *
 * @param running the domains with that UUID; two while a domain is migrated within this host
 * @param applied the document of the last successful pass, to tell drift from a changed document
 * @throws RejectedError; see attach
 */
export async function reconcile(
  host: Host,
  uuid: string,
  {
    running,
    documents,
    applied,
  }: {
    readonly running: readonly RunningDomain[];
    readonly documents: Documents;
    readonly applied?: Desired | undefined;
  },
): Promise<Pass> {
  const directory = directoryOf(host.runtimeDirectory, uuid);
  const record = await readRecord(directory);
  const domain = running.find(({ domid }) => domid === record?.domid) ?? running.at(-1);
  let ended: RunningDomain | undefined;
  if (record && record.domid !== domain?.domid) {
    ended = { domid: record.domid, name: record.name, uuid };
    await cleanUpAfter(host, ended);
  }
  const before = { ...(ended && { ended }), ...(domain && { domain }) };
  if (!domain) return { ...before, events: [] };
  const desired = documentFor(documents, domain);
  if (!desired) {
    if (!record || ended || !isObsolete(record, documents)) return { ...before, events: [] };
    const { removed } = await detachFromOne(host, domain);
    return {
      ...before,
      hadChannels: removed.length > 0,
      events: removed.map(eventOf('channel-removed')),
    };
  }
  if (!(await isBuilt(host.store, domain.domid))) return { ...before, events: [], isWaiting: true };
  const { channels, removed, diagnostics } = await attachToOne(
    host,
    domain,
    desired.channels,
    desired.options,
  );
  const error = diagnostics.find(({ severity }) => severity === 'error');
  if (error) throw new RejectedError(`${desired.file}: ${error.message}`);
  const isDrift = applied === desired && !ended;
  const events = channels.flatMap(({ name, change }): readonly ChannelEvent[] => {
    switch (change) {
      case 'created':
        return [{ event: isDrift ? 'drift-repaired' : 'channel-added', channel: name }];
      case 'changed':
        return [{ event: isDrift ? 'drift-repaired' : 'channel-changed', channel: name }];
      case 'restarted':
        return [{ event: 'qemu-restarted', channel: name }];
      case 'unchanged':
      case 'foreign':
        return [];
    }
  });
  const servedBy = servedByOf(host, domain, await readRecord(directory));
  return {
    ...before,
    desired,
    hadChannels: removed.length > 0 || channels.some(({ change }) => change !== 'created'),
    events: [...events, ...removed.map(eventOf('channel-removed'))],
    ...(servedBy && { servedBy }),
  };
}

const eventOf =
  (event: ChannelEvent['event']) =>
  (channel: string): ChannelEvent => ({ event, channel });

/** Whether the channels are from a document that does not exist any more. One that cannot be read exists. */
const isObsolete = ({ document }: DomainRecord, { all, problem }: Documents): boolean =>
  document !== undefined &&
  problem === undefined &&
  !all.some(({ file, desired }) => file === document && !desired);

/** Both kinds of QEMU get the same lifeline: a domain never has two. */
function servedByOf(
  { runtimeDirectory, qmpDirectory }: Host,
  { domid, uuid }: RunningDomain,
  record: DomainRecord | undefined,
): WatchedQemu | undefined {
  const directory = directoryOf(runtimeDirectory, uuid);
  const lifeline = lifelineOf(directory);
  const isServedBy = (backend: string): boolean =>
    record?.channels.some((channel) => channel.backend === backend) ?? false;
  if (isServedBy('qemu')) return { monitor: qmpSocketOf(qemuDirectoryOf(directory)), lifeline };
  const isInDeviceModel = isServedBy('device-model') || (record?.ports?.length ?? 0) > 0;
  return isInDeviceModel ? { monitor: `${qmpDirectory}/qmp-libxl-${domid}`, lifeline } : undefined;
}

/** The kind of an error, for events and metrics. */
export function codeOf(error: unknown): string {
  if (error instanceof RejectedError) return 'rejected';
  if (error instanceof RealizeError || error instanceof QemuError || error instanceof QmpError)
    return error.failure;
  if (error instanceof XenstoreError) return error.code;
  return error instanceof Error && 'code' in error ? String(error.code) : 'internal';
}

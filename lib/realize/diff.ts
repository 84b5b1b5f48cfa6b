import type { PlannedChannel } from './plan.js';

/** A channel that an earlier run has created, or was about to create. */
export interface ExistingChannel {
  readonly channel: PlannedChannel;
  /** All of its keys exist unchanged, and it is not being closed. */
  readonly hasKeys: boolean;
  /** `dead`: the process that served it has exited. */
  readonly endpoint: 'works' | 'missing' | 'dead';
}

/** The steps of a reconciliation, in this order; each list in the order of the channels. */
export interface Changes {
  /** No longer desired, desired with other settings, or incomplete. */
  readonly remove: readonly PlannedChannel[];
  /** Their keys, and so the frontend, stay; they get a new process. */
  readonly revive: readonly PlannedChannel[];
  readonly make: readonly PlannedChannel[];
  /** Unchanged. */
  readonly keep: readonly PlannedChannel[];
}

/** Compares the actual channels with the desired ones. */
export function diff(existing: readonly ExistingChannel[], wanted: readonly PlannedChannel[]): Changes {
  const changes = {
    remove: [] as PlannedChannel[],
    revive: [] as PlannedChannel[],
    make: [] as PlannedChannel[],
    keep: [] as PlannedChannel[],
  };
  const settled = new Set<PlannedChannel>();
  for (const { channel, hasKeys, endpoint } of existing) {
    const same = wanted.find((other) => isSame(channel, other));
    if (!same || !hasKeys || endpoint === 'missing') {
      changes.remove.push(channel);
      continue;
    }
    settled.add(same);
    changes[endpoint === 'works' ? 'keep' : 'revive'].push(same);
  }
  changes.make.push(...wanted.filter((channel) => !settled.has(channel)));
  return changes;
}

/** Deep equality, independent of the order of properties. */
export const isSame = (a: PlannedChannel, b: PlannedChannel): boolean => canonical(a) === canonical(b);

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

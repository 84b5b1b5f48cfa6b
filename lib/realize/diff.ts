import type { PlannedChannel } from './plan.js';

/** A channel that an earlier run has made, or was about to make. */
export interface ExistingChannel {
  readonly channel: PlannedChannel;
  /** All of its keys are there, as they were written, and it is not being closed. */
  readonly hasKeys: boolean;
  /** What its host end is like: at work; missing; or gone with the whole process that served it. */
  readonly hostEnd: 'works' | 'missing' | 'dead';
}

/** What is to be done, in this order; each list in the order of the channels. */
export interface Changes {
  /** To be taken away: they are wanted no more, or differently, or are half-made. */
  readonly remove: readonly PlannedChannel[];
  /** Their keys stay, and with them the guest's end; a new process is to serve them. */
  readonly revive: readonly PlannedChannel[];
  readonly make: readonly PlannedChannel[];
  /** As they should be. */
  readonly keep: readonly PlannedChannel[];
}

/** From what exists to what must exist. */
export function diff(existing: readonly ExistingChannel[], wanted: readonly PlannedChannel[]): Changes {
  const changes = {
    remove: [] as PlannedChannel[],
    revive: [] as PlannedChannel[],
    make: [] as PlannedChannel[],
    keep: [] as PlannedChannel[],
  };
  const settled = new Set<PlannedChannel>();
  for (const { channel, hasKeys, hostEnd } of existing) {
    const same = wanted.find((other) => isSame(channel, other));
    if (!same || !hasKeys || hostEnd === 'missing') {
      changes.remove.push(channel);
      continue;
    }
    settled.add(same);
    changes[hostEnd === 'works' ? 'keep' : 'revive'].push(same);
  }
  changes.make.push(...wanted.filter((channel) => !settled.has(channel)));
  return changes;
}

/** Whether nothing is to be done. */
export const isNothing = ({ remove, revive, make }: Changes): boolean =>
  remove.length + revive.length + make.length === 0;

/** Equal in all parts, in whatever order these stand. */
export const isSame = (a: PlannedChannel, b: PlannedChannel): boolean => canonical(a) === canonical(b);

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

import { pauseMs } from '../realize/supervise.js';
import type { Desired } from './documents.js';

/** The shortest delay after a failure. */
const retryMs = 250;

/** How long to wait after a number of failures in a row. */
export const retryAfter = (failures: number): number => Math.max(retryMs, pauseMs(failures));

/** What is known of the channels of a UUID besides what can be observed. */
export interface Attempt {
  failures: number;
  /** When the last pass succeeded. */
  since: number;
  /** The last reported reason. */
  reason?: string;
  applied?: Desired;
}

/** The attempts by UUID. */
export class Attempts {
  readonly #all = new Map<string, Attempt>();

  find(uuid: string): Attempt | undefined {
    return this.#all.get(uuid);
  }

  of(uuid: string): Attempt {
    const known = this.#all.get(uuid);
    if (known) return known;
    const attempt: Attempt = { failures: 0, since: performance.now() };
    this.#all.set(uuid, attempt);
    return attempt;
  }

  delete(uuid: string): void {
    this.#all.delete(uuid);
  }
}

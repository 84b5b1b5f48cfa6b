/** A queue of keys; what is to be done for a key is read each time. */
export interface QueueOptions {
  /** Never called twice for a key at the same time, and never throws. */
  readonly run: (key: string) => Promise<void>;
  /** How many keys run at the same time. */
  readonly jobs: number;
}

/**
 * Runs work by key: a key that waits already is not added again, and one that is added while it runs, runs again
 * afterwards. So any number of events about a domain is at most one more run, and none is lost.
 */
export class Queue {
  readonly #options: QueueOptions;
  readonly #waiting = new Set<string>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #timers = new Map<string, { readonly due: number; readonly timer: NodeJS.Timeout }>();
  /** Those that wait for the end of the next run. */
  readonly #followers = new Map<string, readonly (() => void)[]>();
  #isClosed = false;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** @param afterMs the earlier of several delays counts */
  add(key: string, afterMs = 0): void {
    if (this.#isClosed) return;
    const due = performance.now() + afterMs;
    const delayed = this.#timers.get(key);
    if (delayed && delayed.due <= due) return;
    clearTimeout(delayed?.timer);
    this.#timers.delete(key);
    if (afterMs > 0) {
      const timer = setTimeout(() => {
        this.#timers.delete(key);
        this.add(key);
      }, afterMs);
      this.#timers.set(key, { due, timer });
      return;
    }
    this.#waiting.add(key);
    this.#start();
  }

  /** The number of keys that run or wait, without delayed ones. */
  get length(): number {
    return this.#waiting.size + this.#running.size;
  }

  /** Adds a key, and returns when the run that follows has ended; or when the queue is closed. */
  async runNow(key: string): Promise<void> {
    if (this.#isClosed) return;
    const ended = new Promise<void>((resolve) => {
      this.#followers.set(key, [...(this.#followers.get(key) ?? []), resolve]);
    });
    this.add(key);
    await ended;
  }

  /** Starts nothing more; returns when nothing runs. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { timer } of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#waiting.clear();
    for (const resolve of [...this.#followers.values()].flat()) resolve();
    await Promise.all(this.#running.values());
  }

  #start(): void {
    for (const key of this.#waiting) {
      if (this.#running.size >= this.#options.jobs) return;
      if (this.#running.has(key)) continue;
      this.#waiting.delete(key);
      const followers = this.#followers.get(key) ?? [];
      this.#followers.delete(key);
      const run = this.#options.run(key).finally(() => {
        this.#running.delete(key);
        for (const resolve of followers) resolve();
        this.#start();
      });
      this.#running.set(key, run);
    }
  }
}

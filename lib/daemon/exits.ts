import { untilExit, type WatchedQemu } from '../realize/qemu/lifeline.js';

/** Notices the exit of the QEMUs that serve domains. */
export class Exits {
  readonly #watched = new Map<string, AbortController>();
  readonly #onExit: (key: string) => void;

  /** @param onExit called once for each exit; also if it cannot be noticed, because QEMU does not answer */
  constructor(onExit: (key: string) => void) {
    this.#onExit = onExit;
  }

  /** Watches the QEMU of a key until it exits; `undefined` ends the watch. */
  watch(key: string, qemu: WatchedQemu | undefined): void {
    if (!qemu) {
      this.#watched.get(key)?.abort();
      this.#watched.delete(key);
      return;
    }
    if (this.#watched.has(key)) return;
    const stop = new AbortController();
    this.#watched.set(key, stop);
    void this.#follow(key, qemu, stop);
  }

  /** Ends all watches, and closes their connections. */
  close(): void {
    for (const stop of this.#watched.values()) stop.abort();
    this.#watched.clear();
  }

  async #follow(key: string, qemu: WatchedQemu, stop: AbortController): Promise<void> {
    // An error is that of a QEMU that has exited, or does not answer: the next pass finds out.
    await untilExit(qemu, stop.signal).catch(() => undefined);
    if (stop.signal.aborted) return;
    this.#watched.delete(key);
    this.#onExit(key);
  }
}

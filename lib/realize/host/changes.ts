import type { Xenstore } from '../xenstore/client.js';
import type { Watch, WatchTarget } from '../xenstore/watch.js';

/** Several nodes of xenstore, watched together. */
export class Changes implements AsyncDisposable {
  readonly #watches: readonly Watch<WatchTarget>[];
  #isNew = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => undefined;

  private constructor(watches: readonly Watch<WatchTarget>[]) {
    this.#watches = watches;
    for (const watch of watches) void this.#follow(watch);
  }

  /**
   * Sets the watches: from then on, no change is missed.
   * @param signal ends them; `next` then throws the signal's reason
   */
  static async of(
    store: Pick<Xenstore, 'watch'>,
    targets: readonly WatchTarget[],
    signal?: AbortSignal,
  ): Promise<Changes> {
    return new Changes(await Promise.all(targets.map((target) => store.watch(target, signal && { signal }))));
  }

  /** Waits for changes since the last call; the first call returns immediately. Several changes count as one. */
  async next(): Promise<void> {
    while (!this.#isNew && !this.#failure) await new Promise<void>((resolve) => (this.#wake = resolve));
    if (this.#failure) throw this.#failure.error;
    this.#isNew = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#watches.map((watch) => watch.stop()));
  }

  async #follow(watch: Watch<WatchTarget>): Promise<void> {
    try {
      const events = watch[Symbol.asyncIterator]();
      while ((await events.next()).done !== true) {
        this.#isNew = true;
        this.#wake();
      }
    } catch (error) {
      this.#failure ??= { error };
      this.#wake();
    }
  }
}

import type { Connection, WatchEvent } from './connection.js';
import type { XenstoreError } from './error.js';
import type { DomainEvent, XenstorePath } from './path.js';
import { encodeTexts } from './payload.js';

export type WatchTarget = XenstorePath | DomainEvent;

export interface WatchOptions {
  /** Ends the watch; the loop that reads it throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Changes by transactions of this connection are not reported. */
  readonly ofOthers?: boolean;
}

/**
 * How many changed paths are stored for a slow reader. After that only the watched path is reported, so that a
 * guest that changes its nodes endlessly cannot fill dom0's memory.
 */
const mostPaths = 1000;

/**
 * A watch on a node and its descendants. Iterating returns the paths that have changed, first the watched path
 * itself; leaving the loop ends the watch.
 *
 * A path means "look again" only: several unread changes of one path are reported once, and the node may have been
 * removed or changed again by the time it is read. Only one loop at a time can read a watch.
 */
export class Watch<Target extends WatchTarget> implements AsyncIterable<Target>, AsyncDisposable {
  readonly #target: Target;
  readonly #stop: () => Promise<void>;
  readonly #changed = new Set<Target>();
  #end: { readonly error?: unknown } | undefined;
  #wake: () => void = () => undefined;

  constructor(target: Target, stop: () => Promise<void>) {
    this.#target = target;
    this.#stop = stop;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Target, void> {
    try {
      for (;;) {
        if (this.#end && 'error' in this.#end) throw this.#end.error;
        if (this.#end) return;
        const [path] = this.#changed;
        if (path === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
        else {
          this.#changed.delete(path);
          yield path;
        }
      }
    } finally {
      await this.stop();
    }
  }

  /** Ends the watch and the loop that reads it. */
  async stop(): Promise<void> {
    if (this.#end) return;
    this.end({});
    await this.#stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** An event of the daemon: the watched path, or one below it. */
  fire(path: Target): void {
    if (this.#changed.size >= mostPaths && !this.#changed.has(path)) {
      this.#changed.clear();
      this.#changed.add(this.#target);
    } else this.#changed.add(path);
    this.#wake();
  }

  /** No more events: the loop ends, with the error if there is one. */
  end(end: { readonly error?: unknown }): void {
    this.#end ??= end;
    this.#wake();
  }
}

/** The watches of one connection, by the token in the daemon's events. */
export class Watches {
  readonly #watches = new Map<string, { readonly watch: Watch<WatchTarget>; readonly ofOthers: boolean }>();
  #lastToken = 0;

  /** Delivers an event to its watch; an ended watch can still have pending events. */
  fire([path, token]: WatchEvent, isOwn: boolean): void {
    const found = this.#watches.get(token);
    if (!(isOwn && found?.ofOthers)) found?.watch.fire(path as WatchTarget);
  }

  fail(error: XenstoreError): void {
    for (const { watch } of this.#watches.values()) watch.end({ error });
    this.#watches.clear();
  }

  /** Sets a watch; once the promise is resolved, no change is missed. */
  async add<Target extends WatchTarget>(
    connection: Connection,
    target: Target,
    { signal, ofOthers = false }: WatchOptions,
  ): Promise<Watch<Target>> {
    signal?.throwIfAborted();
    this.#lastToken += 1;
    const token = String(this.#lastToken);
    const payload = encodeTexts(target, token);
    const abort = (): void => {
      watch.end({ error: signal?.reason });
      // The result is not awaited; if the connection has ended, so has the watch.
      unwatch().catch(() => undefined);
    };
    const unwatch = async (): Promise<void> => {
      signal?.removeEventListener('abort', abort);
      if (!this.#watches.delete(token)) return;
      await connection.request({ operation: 'UNWATCH', path: target, payload });
    };
    const watch = new Watch(target, unwatch);
    this.#watches.set(token, { watch, ofOthers });
    try {
      await connection.request({ operation: 'WATCH', path: target, payload });
    } catch (error) {
      this.#watches.delete(token);
      throw error;
    }
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
    return watch;
  }
}

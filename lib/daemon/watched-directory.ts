import { watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';

/** Several changes in a row are reported once, this long after the last one: an editor makes several for one file. */
const quietMs = 50;

/** Reports changes in a directory, by inotify. */
export class WatchedDirectory {
  readonly #path: string;
  readonly #onChange: () => void;
  #watcher: FSWatcher | undefined;
  #watched: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(path: string, onChange: () => void) {
    this.#path = path;
    this.#onChange = onChange;
  }

  /**
   * Watches the directory that has the path now: another one may have taken its place. If there is none, the nearest
   * above it is watched. Called before the directory is read, so that no change is missed.
   */
  renew(): void {
    if (this.#isClosed) return;
    const last = this.#watcher;
    this.#watcher = this.#watchNearest(this.#path);
    last?.close();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#watcher?.close();
  }

  #watchNearest(path: string): FSWatcher | undefined {
    const above = dirname(path);
    this.#watched = path;
    return this.#watch(path) ?? (above === path ? undefined : this.#watchNearest(above));
  }

  #watch(path: string): FSWatcher | undefined {
    try {
      // An error ends the watch; the next renewal starts another one.
      return watch(path, () => this.#changed()).on('error', () => this.#changed());
    } catch {
      return undefined;
    }
  }

  #changed(): void {
    clearTimeout(this.#timer);
    if (!this.#isClosed) this.#timer = setTimeout(() => this.#report(), quietMs);
  }

  /** What happens in a directory above, such as /run, matters only if it brings this one. */
  #report(): void {
    const isThere = (): boolean => this.#watched === this.#path;
    if (!isThere()) this.renew();
    if (isThere()) this.#onChange();
  }
}

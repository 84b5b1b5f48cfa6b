import { print, terminal } from './terminal.js';

/** No progress display for fewer files. */
const worthShowing = 100;
const intervalMs = 200;

/** Shows the progress of a long run, on a terminal only. */
export class Progress {
  readonly #total: number;
  readonly #shown: boolean;
  #done = 0;
  #last = 0;

  constructor(total: number) {
    this.#total = total;
    this.#shown = total >= worthShowing && terminal('stderr') !== undefined;
  }

  step(): void {
    this.#done += 1;
    if (!this.#shown || Date.now() - this.#last < intervalMs) return;
    this.#last = Date.now();
    print('stderr', `\r${this.#done} of ${this.#total} files\x1b[K`);
  }

  end(): void {
    if (this.#shown) print('stderr', '\r\x1b[K');
  }
}

/** Shows how many bytes have been copied, on a terminal only. */
export class ByteProgress {
  readonly #shown = terminal('stderr') !== undefined;
  /** The number of all bytes; undefined if it is unknown. */
  total: number | undefined;
  #last = Date.now();

  at(bytes: number): void {
    if (!this.#shown || Date.now() - this.#last < intervalMs) return;
    this.#last = Date.now();
    const share = this.total
      ? ` of ${megabytes(this.total)} (${Math.floor((bytes / this.total) * 100)} %)`
      : '';
    print('stderr', `\r${megabytes(bytes)}${share}\x1b[K`);
  }

  end(): void {
    if (this.#shown) print('stderr', '\r\x1b[K');
  }
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

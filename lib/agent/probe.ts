/** When a call has waited so long, the agent is asked whether it still works on it; then less and less often. */
const [firstMs, longestMs] = [250, 4000];

/** A timer that asks an agent that does not answer: it may have been started or restarted meanwhile. */
export class Probe {
  readonly #ask: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #delayMs = firstMs;

  constructor(ask: () => void) {
    this.#ask = ask;
  }

  /** Waits for an answer; nothing changes if it waits already. */
  start(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#delayMs = Math.min(2 * this.#delayMs, longestMs);
      this.#ask();
    }, this.#delayMs);
  }

  /** All calls have been answered. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#delayMs = firstMs;
  }
}

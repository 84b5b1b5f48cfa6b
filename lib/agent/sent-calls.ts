import type { JsonObject } from '../language/json.js';
import type { Pending } from './pending.js';
import { isParseError, rejectsId } from './reply-error.js';

/** So many requests are sent before the first of them is answered, if the agent returns their IDs. */
const windowSize = 8;

/** The calls that have been sent and not answered, in the order of their requests. */
export class SentCalls {
  readonly #calls = new Map<string, Pending>();
  /** Whether the agent returns the IDs; undefined before the first answer. */
  #returnsIds: boolean | undefined;

  get count(): number {
    return this.#calls.size;
  }

  /** Whether one more can be sent. */
  get hasRoom(): boolean {
    return this.count < (this.#returnsIds ? windowSize : 1);
  }

  /** Whether a request can have an ID: an agent is not sent one that it is known to reject or ignore. */
  get takesIds(): boolean {
    return this.#returnsIds !== false;
  }

  get first(): Pending | undefined {
    return this.all[0];
  }

  get all(): readonly Pending[] {
    return [...this.#calls.values()];
  }

  add(pending: Pending): void {
    this.#calls.set(pending.id, pending);
  }

  /** @returns whether it had been sent */
  remove({ id }: Pending): boolean {
    return this.#calls.delete(id);
  }

  /**
   * The call of a reply, which is not removed. Undefined if the call has been given up, or has never been made.
   * `again`: the agent rejects the ID, so the first call has to be sent without one.
   */
  callOf(reply: JsonObject): Pending | 'again' | undefined {
    const { id } = reply;
    if (typeof id === 'string') {
      const pending = this.#calls.get(id);
      if (pending) this.#returnsIds = true;
      return pending;
    }
    if (this.#returnsIds || !this.first || isParseError(reply)) return undefined;
    const isIdRejected = this.#returnsIds === undefined && rejectsId(reply);
    this.#returnsIds = false;
    return isIdRejected ? 'again' : this.first;
  }
}

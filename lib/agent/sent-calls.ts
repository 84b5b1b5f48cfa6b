import type { JsonObject } from '../language/json.js';
import type { Pending } from './pending.js';
import { isParseError, rejectsId } from './reply-error.js';

/** So many requests are sent before the first of them is answered, if the agent returns their IDs. */
const windowSize = 8;

/**
 * The agent reads so many bytes at once (qga/main.c: QGA_READ_COUNT_DEFAULT). On a character device (a virtio-serial
 * port, a console) it loses its reply if it has read a part of the next request then: GLib seeks back to write, which
 * such a device cannot (giochannel.c: g_io_channel_write_chars). So a longer request is sent alone.
 */
const readAtOnceBytes = 4096;

/** The calls that have been sent and not answered, in the order of their requests. */
export class SentCalls {
  readonly #calls = new Map<string, Pending>();
  /** Whether the agent returns the IDs; undefined before the first answer. */
  #returnsIds: boolean | undefined;

  get count(): number {
    return this.#calls.size;
  }

  /** Of all that have been sent. */
  get bytes(): number {
    return this.all.reduce((sum, { text }) => sum + (text?.length ?? 0), 0);
  }

  /** Whether one more can be sent. @param bytes of it, and of what else is on its way */
  hasRoomFor(bytes: number): boolean {
    if (this.count === 0) return true;
    return this.count < (this.#returnsIds ? windowSize : 1) && this.canFollow(bytes);
  }

  /** Whether so many bytes can follow those of the calls. */
  canFollow(bytes: number): boolean {
    return this.count === 0 || this.bytes + bytes <= readAtOnceBytes;
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

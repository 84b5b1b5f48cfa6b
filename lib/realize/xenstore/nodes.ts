import type { Request } from './connection.js';
import { XenstoreError } from './error.js';
import { isRoot, type XenstorePath } from './path.js';
import { decodeTexts, encodeTexts, joinBytes } from './payload.js';
import { permissionEntries, readPermissions, type Permissions } from './permissions.js';

/** How often a directory can change while it is read in parts. */
const mostRestarts = 100;

/** Sends a request, in the transaction or outside. */
export type Send = (request: Omit<Request, 'transactionId'>) => Promise<Uint8Array>;

/**
 * Operations on nodes, in a transaction or outside.
 *
 * Values are bytes. Nearly all values of Xen are short texts, so `read` and `write` use strings; `readBytes`
 * returns bytes. A missing node is `undefined`.
 *
 * All of them throw XenstoreError: EACCES without permission, E2BIG if it is too large for one message, ENOSPC over
 * a quota, the failure of the connection.
 */
export class Nodes {
  readonly #send: Send;

  constructor(send: Send) {
    this.#send = send;
  }

  /** @throws XenstoreError EILSEQ if the value is not UTF-8 */
  async read(path: XenstorePath): Promise<string | undefined> {
    const value = await this.readBytes(path);
    try {
      return value && new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
    } catch {
      throw new XenstoreError('EILSEQ', { operation: 'READ', path });
    }
  }

  readBytes(path: XenstorePath): Promise<Uint8Array | undefined> {
    return unlessMissing(this.#send({ operation: 'READ', path, payload: encodeTexts(path) }));
  }

  /** Creates the node and its parents, if they do not exist. */
  async write(path: XenstorePath, value: string | Uint8Array): Promise<void> {
    const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
    await this.#send({ operation: 'WRITE', path, payload: joinBytes(encodeTexts(path), bytes) });
  }

  /** Creates the node and its parents, with empty values; an existing node is not changed. */
  async mkdir(path: XenstorePath): Promise<void> {
    await this.#send({ operation: 'MKDIR', path, payload: encodeTexts(path) });
  }

  /**
   * Removes the node and everything below it; does nothing if it does not exist.
   *
   * @throws XenstoreError EINVAL for the root, which is not sent: oxenstored would remove everything
   */
  async remove(path: XenstorePath): Promise<void> {
    if (isRoot(path)) {
      throw new XenstoreError('EINVAL', { operation: 'RM', path, reason: 'the root cannot be removed' });
    }
    await unlessMissing(this.#send({ operation: 'RM', path, payload: encodeTexts(path) }));
  }

  /**
   * The names of the child nodes, in the daemon's order: that of their creation in C xenstored, alphabetical in
   * oxenstored.
   */
  async directory(path: XenstorePath): Promise<string[] | undefined> {
    try {
      const names = await unlessMissing(
        this.#send({ operation: 'DIRECTORY', path, payload: encodeTexts(path) }),
      );
      return names && decodeTexts(names);
    } catch (error) {
      if (error instanceof XenstoreError && error.code === 'E2BIG') return this.#directoryInParts(path);
      throw error;
    }
  }

  async permissions(path: XenstorePath): Promise<Permissions | undefined> {
    const entries = await unlessMissing(
      this.#send({ operation: 'GET_PERMS', path, payload: encodeTexts(path) }),
    );
    return entries && readPermissions(decodeTexts(entries));
  }

  /** @throws XenstoreError ENOENT if the node does not exist, and for an owner that C xenstored does not accept */
  async setPermissions(path: XenstorePath, permissions: Permissions): Promise<void> {
    const payload = encodeTexts(path, ...permissionEntries(permissions));
    await this.#send({ operation: 'SET_PERMS', path, payload });
  }

  /**
   * Each part contains the generation of the node; if it changes meanwhile, the node is read again. The last part
   * ends with an additional NUL.
   *
   * @throws XenstoreError EAGAIN for a node that changes all the time
   */
  async #directoryInParts(path: XenstorePath): Promise<string[] | undefined> {
    let parts: Uint8Array[] = [];
    for (let [offset, generation, restarts] = [0, '', 0]; restarts < mostRestarts;) {
      const payload = encodeTexts(path, String(offset));
      const answer = await unlessMissing(this.#send({ operation: 'DIRECTORY_PART', path, payload }));
      if (!answer) return undefined;
      const names = answer.subarray(answer.indexOf(0) + 1);
      const [current = ''] = decodeTexts(answer);
      if (offset > 0 && current !== generation) {
        [parts, offset, restarts] = [[], 0, restarts + 1];
        continue;
      }
      generation = current;
      const isLast = names.at(-1) === 0 && (names.length === 1 || names.at(-2) === 0);
      parts.push(isLast ? names.subarray(0, -1) : names);
      if (isLast) return decodeTexts(joinBytes(...parts));
      if (names.length === 0) {
        throw new XenstoreError('EPROTO', { operation: 'DIRECTORY_PART', path, reason: 'empty part' });
      }
      offset += names.length;
    }
    throw new XenstoreError('EAGAIN', {
      operation: 'DIRECTORY_PART',
      path,
      reason: 'it changes constantly',
    });
  }
}

/** C xenstored returns ENOENT if a node or its parent does not exist. */
async function unlessMissing(answer: Promise<Uint8Array>): Promise<Uint8Array | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof XenstoreError && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

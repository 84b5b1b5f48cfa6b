import {
  closeFile,
  flushFile,
  openFile,
  readPiece,
  seekFile,
  writePiece,
  type FileHandle,
} from './commands/file.js';
import { AgentError } from './error.js';
import type { CallOptions } from './request.js';
import type { AgentSession } from './session.js';

/**
 * Bytes of a file that one request writes. Nothing follows such a request before its answer (sent-calls.ts), so more
 * makes a transfer faster, up to here, and its deadline harder to meet on a slow channel. A multiple of 3: base64 needs
 * no padding then.
 */
const writtenBytes = 48 * 1024;

/**
 * Bytes of a file that one request reads. So many requests are on their way at a time that the channel never waits for
 * the agent. Together their replies must fit into a socket's buffer: an agent that cannot write tries again and again
 * (qga/channel-posix.c: ga_channel_write_all), at the expense of the guest.
 */
const readBytes = 12 * 1024;

/** So many requests are made ahead, of both kinds. */
const piecesAhead = 4;

export interface ReadOptions extends CallOptions {
  /** Called with the length of the file before the first bytes, unless it is unknown: of a pipe, or in /proc. */
  readonly onLength?: (bytes: number) => void;
}

/**
 * Reads a file in the guest, as a stream: it reads no further ahead than a few pieces of 12 KiB.
 * @returns its bytes, in pieces
 * @throws AgentError `file` if it ends before the length that it had when it was opened; as `AgentSession.call`
 */
export async function* readFile(
  session: AgentSession,
  path: string,
  { onLength, ...options }: ReadOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const handle = await session.call(openFile(path, 'r'), options);
  const ahead: Promise<{ readonly bytes: Uint8Array; readonly isEnd: boolean }>[] = [];
  try {
    const length = await lengthOf(session, handle, options);
    if (length !== undefined) onLength?.(length);
    let count = 0;
    for (;;) {
      while (ahead.length < piecesAhead)
        ahead.push(handled(session.call(readPiece(handle, readBytes), options)));
      const piece = await ahead.shift();
      if (!piece) break;
      count += piece.bytes.length;
      if (piece.bytes.length > 0) yield piece.bytes;
      if (piece.isEnd) break;
      if (piece.bytes.length === 0) throw new AgentError('protocol', `'${path}' has no end and no bytes`);
    }
    if (length !== undefined && count < length) {
      throw new AgentError(
        'file',
        `'${path}' ended after ${count} of ${length} bytes: it was truncated meanwhile`,
      );
    }
  } finally {
    await Promise.allSettled(ahead);
    await close(session, handle, options);
  }
}

/** The rejection of a request that is not awaited yet must not end the program. */
function handled<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => undefined);
  return promise;
}

/** @returns undefined for what cannot be sought, and for what seems to be empty, such as files in /proc */
async function lengthOf(
  session: AgentSession,
  handle: FileHandle,
  options: CallOptions,
): Promise<number | undefined> {
  try {
    const length = await session.call(seekFile(handle, 0, 'end'), options);
    await session.call(seekFile(handle, 0, 'start'), options);
    return length === 0 ? undefined : length;
  } catch (error) {
    if (error instanceof AgentError && (error.failure === 'rejected' || error.failure === 'protocol')) {
      return undefined;
    }
    throw error;
  }
}

/** The file has been read, or what it failed with is reported: an error here changes neither. */
async function close(session: AgentSession, handle: FileHandle, { timeoutMs }: CallOptions): Promise<void> {
  await session.call(closeFile(handle), { timeoutMs }).catch(() => undefined);
}

export interface WriteOptions extends CallOptions {
  /** Called with the number of bytes that the guest has written so far. */
  readonly onProgress?: (bytes: number) => void;
}

/**
 * Creates or replaces a file in the guest, and checks its length. A failure leaves an incomplete file.
 * @param source its bytes, in pieces of any length; read no faster than the guest writes
 * @returns the number of bytes
 * @throws AgentError `file` if the file does not have the length of what was sent; as `AgentSession.call`
 */
export async function writeFile(
  session: AgentSession,
  path: string,
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { onProgress, ...options }: WriteOptions = {},
): Promise<number> {
  const handle = await session.call(openFile(path, 'w'), options);
  const ahead: Promise<number>[] = [];
  let isClosed = false;
  try {
    let count = 0;
    const written = async (): Promise<void> => {
      count += (await ahead.shift()) ?? 0;
      onProgress?.(count);
    };
    for await (const bytes of inPieces(source)) {
      ahead.push(handled(writeAll(session, path, handle, bytes, options)));
      if (ahead.length >= piecesAhead) await written();
    }
    while (ahead.length > 0) await written();
    await session.call(flushFile(handle), options);
    const length = await session.call(seekFile(handle, 0, 'end'), options);
    isClosed = true;
    await session.call(closeFile(handle), options);
    if (length === count) return count;
    throw new AgentError('file', `'${path}' has ${length} bytes after ${count} were written`);
  } finally {
    await Promise.allSettled(ahead);
    if (!isClosed) await close(session, handle, options);
  }
}

async function writeAll(
  session: AgentSession,
  path: string,
  handle: FileHandle,
  bytes: Uint8Array,
  options: CallOptions,
): Promise<number> {
  const count = await session.call(writePiece(handle, bytes), options);
  if (count === bytes.length) return count;
  throw new AgentError(
    'file',
    `'${path}': the guest wrote ${count} of ${bytes.length} bytes; its disk may be full`,
  );
}

/** The same bytes in pieces of `writtenBytes`, but for the last one. */
async function* inPieces(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let piece = new Uint8Array(writtenBytes);
  let filled = 0;
  for await (const bytes of source) {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + writtenBytes - filled);
      piece.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < writtenBytes) continue;
      yield piece;
      piece = new Uint8Array(writtenBytes);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

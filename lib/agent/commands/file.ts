/** Open files in the guest. `../file.ts` reads and writes whole files with these. */
import { decodeBase64, encodeBase64 } from '../base64.js';
import { AgentError } from '../error.js';
import type { AgentRequest } from '../request.js';
import { booleanOf, countOf, nothing, objectOf, textOf } from '../value.js';

declare const handleBrand: unique symbol;

/** A file that the agent has opened; it is the agent's until it is closed. */
export type FileHandle = number & { readonly [handleBrand]: true };

/** As for fopen(3). */
export type OpenMode = 'r' | 'w' | 'a';

export const openFile = (path: string, mode: OpenMode): AgentRequest<FileHandle> => ({
  name: 'guest-file-open',
  arguments: { path, mode },
  read: (value) => countOf(value) as FileHandle,
});

export const closeFile = (handle: FileHandle): AgentRequest<void> => ({
  name: 'guest-file-close',
  arguments: { handle },
  read: nothing,
});

export const flushFile = (handle: FileHandle): AgentRequest<void> => ({
  name: 'guest-file-flush',
  arguments: { handle },
  read: nothing,
});

/** A piece of a file (GuestFileRead). */
export interface FilePiece {
  readonly bytes: Uint8Array;
  readonly isEnd: boolean;
}

/** Reads the next bytes, at most `count`. */
export const readPiece = (handle: FileHandle, count: number): AgentRequest<FilePiece> => ({
  name: 'guest-file-read',
  arguments: { handle, count },
  read: (value) => {
    const { count: length, 'buf-b64': text, eof } = objectOf(value);
    const bytes = decodeBase64(textOf(text));
    if (bytes?.length !== countOf(length) || bytes.length > count) {
      throw new AgentError('protocol', 'the agent returned a wrong number of bytes');
    }
    return { bytes, isEnd: booleanOf(eof) };
  },
  replyLimitBytes: 2 * count,
});

/** Writes bytes. @returns how many the agent has written */
export const writePiece = (handle: FileHandle, bytes: Uint8Array): AgentRequest<number> => ({
  name: 'guest-file-write',
  arguments: { handle, 'buf-b64': encodeBase64(bytes) },
  read: (value) => countOf(objectOf(value)['count']),
});

/** 0, 1 and 2 since the first agent; by name since 2.6. */
const whences = { start: 0, current: 1, end: 2 } as const;

/** Moves to an offset. @returns the position in the file */
export const seekFile = (
  handle: FileHandle,
  offset: number,
  from: keyof typeof whences,
): AgentRequest<number> => ({
  name: 'guest-file-seek',
  arguments: { handle, offset, whence: whences[from] },
  read: (value) => countOf(objectOf(value)['position']),
});

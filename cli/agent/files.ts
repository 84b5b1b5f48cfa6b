import {
  closeSync,
  createReadStream,
  fsyncSync,
  openSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readFile, writeFile } from '../../lib/agent/file.js';
import { exitCodes } from '../exit-codes.js';
import { FileError, reasonOf } from '../files.js';
import { printJson } from '../guarded.js';
import { ByteProgress } from '../progress.js';
import { print } from '../terminal.js';
import type { AgentContext, AgentWork } from './context.js';
import { writeFromGuest } from './guest-output.js';

/** `cat`: prints a file of the guest. */
export const cat: AgentWork = async ({ session, signal, json, operands: [path = ''] }) => {
  const pieces: Uint8Array[] = [];
  for await (const piece of readFile(session, path, { signal })) {
    if (json) pieces.push(piece);
    else writeFromGuest('stdout', piece);
  }
  if (json) printJson({ path, contents: Buffer.concat(pieces).toString('base64') });
  return exitCodes.done;
};

/** `get`: the file is complete, or it is not there. */
export const get: AgentWork = async (context) => {
  const [path = '', local = ''] = context.operands;
  const target = statSync(local, { throwIfNoEntry: false })?.isDirectory()
    ? join(local, basename(path))
    : local;
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  const progress = new ByteProgress();
  let bytes = 0;
  try {
    const descriptor = atLocal(target, () => openSync(temporary, 'wx', 0o600));
    try {
      const onLength = (length: number): void => void (progress.total = length);
      for await (const piece of readFile(context.session, path, { signal: context.signal, onLength })) {
        atLocal(target, () => writeAll(descriptor, piece));
        bytes += piece.length;
        progress.at(bytes);
      }
      atLocal(target, () => fsyncSync(descriptor));
    } finally {
      closeSync(descriptor);
      progress.end();
    }
    atLocal(target, () => renameSync(temporary, target));
  } catch (error) {
    removeQuietly(temporary);
    throw error;
  }
  return copied(context, bytes, `${path} to ${target}`);
};

/** `put`: a file or, for `-`, standard input. */
export const put: AgentWork = async (context) => {
  const [local = '', path = ''] = context.operands;
  const progress = new ByteProgress();
  const source = local === '-' ? process.stdin : createReadStream(local, { highWaterMark: 256 * 1024 });
  if (local !== '-') progress.total = statSync(local, { throwIfNoEntry: false })?.size;
  try {
    const onProgress = (bytes: number): void => progress.at(bytes);
    const options = { signal: context.signal, onProgress };
    const bytes = await writeFile(context.session, path, readable(source, local), options);
    progress.end();
    return copied(context, bytes, `${local === '-' ? 'standard input' : local} to ${path}`);
  } finally {
    progress.end();
  }
};

async function* readable(source: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* source;
  } catch (error) {
    throw new FileError(`cannot read ${name}: ${reasonOf(error)}`);
  }
}

function copied({ json }: AgentContext, bytes: number, what: string): number {
  if (json) printJson({ bytes });
  else print('stderr', `${bytes} bytes copied: ${what}\n`);
  return exitCodes.done;
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
}

function atLocal<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw new FileError(`cannot write ${path}: ${reasonOf(error)}`);
  }
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It does not exist.
  }
}

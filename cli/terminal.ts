import { fstatSync, writeSync } from 'node:fs';
import type { WriteStream } from 'node:tty';
import { escapeLines } from '../lib/text/controls.js';
import { exitCodes } from './exit-codes.js';

/*
 * Writes to standard output and error by file descriptor: Node's streams take milliseconds to set
 * up, and a hook prints a few lines. The streams are used if a descriptor does not block.
 */
const descriptors = { stdout: 1, stderr: 2 } as const;
type Output = keyof typeof descriptors;

/**
 * Outputs that have switched to their streams; they do not switch back, to preserve the order. The process has them, not this
 * module: each bundle of the command has a module of its own.
 */
const streaming = shared();

function shared(): Set<Output> {
  const key = Symbol.for('virt2xen: outputs that are streams');
  const set = (Reflect.get(globalThis, key) ?? new Set()) as Set<Output>;
  Reflect.set(globalThis, key, set);
  return set;
}

/**
 * Writes all of a text, or of bytes. The process exits with status 0 if the reader has closed the pipe (`| head`).
 */
export function print(output: Output, text: string | Uint8Array): void {
  if (streaming.has(output)) {
    process[output].write(text);
    return;
  }
  let bytes: Uint8Array = typeof text === 'string' ? Buffer.from(text) : text;
  try {
    while (bytes.length > 0) bytes = bytes.subarray(writeSync(descriptors[output], bytes));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EPIPE') process.exit(exitCodes.done);
    if (code !== 'EAGAIN') throw error;
    // A non-blocking pipe that is full: the stream waits for space.
    streaming.add(output);
    process[output].on('error', () => process.exit(exitCodes.done));
    process[output].write(bytes);
  }
}

/** The stream of an output, for what is not printed but copied. */
export function outputStream(output: Output): NodeJS.WritableStream {
  streaming.add(output);
  return process[output];
}

/**
 * Ends the process; if it writes to a stream, as soon as all is written. Left to itself, V8 would collect garbage first, which
 * takes longer than the work on a small guest.
 */
export function exit(status: number): void {
  process.exitCode = status;
  if (streaming.size === 0) process.exit();
}

/** Prints an error of this program on standard error. */
export const printError = (error: unknown): void => {
  print('stderr', `virt2xen: ${escapeLines(error instanceof Error ? error.message : String(error))}\n`);
};

/** The stream of an output if it is a terminal. No stream is set up for a file or a pipe. */
export function terminal(output: Output): WriteStream | undefined {
  const isDevice = fstatSync(descriptors[output]).isCharacterDevice();
  return isDevice && process[output].isTTY ? process[output] : undefined;
}

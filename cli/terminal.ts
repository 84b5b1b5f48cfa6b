import { fstatSync, writeSync } from 'node:fs';
import type { WriteStream } from 'node:tty';
import { exitCodes } from './exit-codes.js';

/*
 * Standard output and error by their descriptors: Node's streams take some milliseconds to set
 * up, and a hook's output is a few lines. The streams serve where the descriptors cannot.
 */
const descriptors = { stdout: 1, stderr: 2 } as const;
type Output = keyof typeof descriptors;

/** Outputs that have gone over to their streams, and stay with them, so that nothing overtakes. */
const streaming = new Set<Output>();

/**
 * Writes a text, all of it. A reader that has seen enough (`| head`) ends the program quietly.
 */
export function print(output: Output, text: string): void {
  if (streaming.has(output)) {
    process[output].write(text);
    return;
  }
  let bytes = Buffer.from(text);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(writeSync(descriptors[output], bytes));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EPIPE') process.exit(exitCodes.done);
    if (code !== 'EAGAIN') throw error;
    // A pipe that does not block and is full: the stream waits for room.
    streaming.add(output);
    process[output].on('error', () => process.exit(exitCodes.done));
    process[output].write(bytes);
  }
}

/** The stream of an output that is a terminal; asking costs nothing where it is a file or a pipe. */
export function terminal(output: Output): WriteStream | undefined {
  const isDevice = fstatSync(descriptors[output]).isCharacterDevice();
  return isDevice && process[output].isTTY ? process[output] : undefined;
}

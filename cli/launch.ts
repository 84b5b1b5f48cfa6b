#!/usr/bin/env node
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { bundleLoader, entryOf, type Bundle } from './loader.js';

/*
 * The entry point of the command as an npm package: its bundles are files beside it.
 */

// Other paths are left to Node.
function bundleOf(id: string): Bundle | undefined {
  if (!id.startsWith('./')) return undefined;
  const filename = join(__dirname, id);
  return {
    filename,
    directory: __dirname,
    source: read(filename).toString('latin1'),
    cachedData: cacheOf(filename),
  };
}

function cacheOf(filename: string): Buffer | undefined {
  try {
    return read(`${filename}.v8`);
  } catch {
    return undefined;
  }
}

let buffer = Buffer.allocUnsafeSlow(1 << 20);

/** A file's content, until the next is read: memory that is new to a process takes longer than the file. */
function read(filename: string): Buffer {
  const file = openSync(filename, 'r');
  try {
    let length = 0;
    for (;;) {
      const count = readSync(file, buffer, length, buffer.length - length, null);
      length += count;
      if (count === 0) return buffer.subarray(0, length);
      if (length === buffer.length) buffer = Buffer.concat([buffer], 2 * length);
    }
  } finally {
    closeSync(file);
  }
}

// This file is built as CommonJS.
const { load, compiledCode } = bundleLoader(bundleOf, require);

/** For the build. */
export { compiledCode };

load(entryOf(process.argv.slice(2)));

#!/usr/bin/env node
import { readFileSync } from 'node:fs';
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
    source: readFileSync(filename, 'latin1'),
    cachedData: cacheOf(filename),
  };
}

function cacheOf(filename: string): Buffer | undefined {
  try {
    return readFileSync(`${filename}.v8`);
  } catch {
    return undefined;
  }
}

// This file is built as CommonJS.
const { load, compiledCode } = bundleLoader(bundleOf, require);

/** For the build. */
export { compiledCode };

load(entryOf(process.argv.slice(2)));

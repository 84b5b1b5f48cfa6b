import { getRawAsset } from 'node:sea';
import { constants } from 'node:vm';
import { basename, dirname } from 'node:path';
import { bundleLoader, entryOf, type Bundle } from './loader.js';

/*
 * The entry point of the single executable: its bundles are assets of the executable, each with its compiled code.
 */

const directory = dirname(process.execPath);

function bundleOf(id: string): Bundle | undefined {
  if (!id.startsWith('.')) return undefined;
  const name = basename(id);
  return {
    filename: `virt2xen:${name}`,
    directory,
    source: asset(name).toString('latin1'),
    cachedData: cacheOf(name),
  };
}

/** Without a copy. @throws if there is none of this name */
const asset = (name: string): Buffer => Buffer.from(getRawAsset(name) as ArrayBuffer);

function cacheOf(name: string): Buffer | undefined {
  try {
    return asset(`${name}.v8`);
  } catch {
    return undefined;
  }
}

const { load } = bundleLoader(bundleOf, require, {
  // Backends that are modules of third parties.
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});

load(entryOf(process.argv.slice(2)));

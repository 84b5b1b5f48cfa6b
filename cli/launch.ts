#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';

/*
 * The entry point of the bundled command. V8 spends more time on compiling the bundles than on running them; the
 * build stores its compiled code beside each (`*.cjs.v8`). V8 itself rejects a cache of another release or for
 * another source, and compiles, as it does without one. Each bundle is wrapped in a function with the variables of
 * a Node module, in ASCII.
 */
const loaded = new Map<string, { readonly script: Script; readonly exports: unknown }>();

// This file is built as CommonJS; a `require` from node:module would take that module's 3 ms.
const requireOfNode = require;

type ModuleFunction = (
  exports: object,
  require: (id: string) => unknown,
  module: { exports: object },
  filename: string,
  directory: string,
) => void;

function load(id: string): unknown {
  if (!id.startsWith('./')) return requireOfNode(id);
  const present = loaded.get(id);
  if (present) return present.exports;
  const filename = join(__dirname, id);
  const script = new Script(readFileSync(filename, 'latin1'), {
    filename,
    cachedData: cacheOf(filename),
  });
  const module = { exports: {} };
  (script.runInThisContext() as ModuleFunction)(module.exports, load, module, filename, __dirname);
  loaded.set(id, { script, exports: module.exports });
  return module.exports;
}

function cacheOf(filename: string): Buffer | undefined {
  try {
    return readFileSync(`${filename}.v8`);
  } catch {
    return undefined;
  }
}

/** For the build: the compiled code of each file that has run, by its name. */
export function compiledCode(): ReadonlyMap<string, Buffer> {
  return new Map([...loaded].map(([id, { script }]) => [id, script.createCachedData()]));
}

/** The commands that managers run while a guest waits; as `agent`, they do not require yargs. */
const managers: readonly (string | undefined)[] = ['vdsm', 'cloudstack', 'libvirt', 'kubevirt'];
const [command, manager] = process.argv.slice(2);

load(
  command === 'agent'
    ? './agent.cjs'
    : command === 'hook' && managers.includes(manager)
      ? './hook.cjs'
      : './command.cjs',
);

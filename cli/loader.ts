import { Script, type ScriptOptions } from 'node:vm';

/*
 * Loads the bundles of the command. V8 spends more time on compiling them than on running them; the build stores its
 * compiled code beside each (`*.cjs.v8`). V8 itself rejects a cache of another release or for another source, and
 * compiles, as it does without one. Each bundle is wrapped in a function with the variables of a Node module, in ASCII.
 */

export interface Bundle {
  readonly filename: string;
  readonly directory: string;
  readonly source: string;
  /** The code that V8 compiled for it. */
  readonly cachedData: Buffer | undefined;
}

type ModuleFunction = (
  exports: object,
  require: (id: string) => unknown,
  module: { exports: object },
  filename: string,
  directory: string,
) => void;

export interface Loader {
  readonly load: (id: string) => unknown;
  /** For the build: the compiled code of each bundle that has run, by its name. */
  readonly compiledCode: () => ReadonlyMap<string, Buffer>;
}

/**
 * @param bundleOf the bundle that a `require` means; undefined: a module of Node
 * @param requireOfNode that of the entry point; one from node:module would take that module's 3 ms
 */
export function bundleLoader(
  bundleOf: (id: string) => Bundle | undefined,
  requireOfNode: NodeJS.Require,
  options: Pick<ScriptOptions, 'importModuleDynamically'> = {},
): Loader {
  const loaded = new Map<string, { readonly script: Script; readonly exports: unknown }>();
  const load = (id: string): unknown => {
    const present = loaded.get(id);
    if (present) return present.exports;
    const bundle = bundleOf(id);
    if (!bundle) return requireOfNode(id);
    const { filename, directory, source, cachedData } = bundle;
    const script = new Script(source, { filename, cachedData, ...options });
    const module = { exports: {} };
    (script.runInThisContext() as ModuleFunction)(module.exports, load, module, filename, directory);
    loaded.set(id, { script, exports: module.exports });
    return module.exports;
  };
  return {
    load,
    compiledCode: () => new Map([...loaded].map(([id, { script }]) => [id, script.createCachedData()])),
  };
}

/** The commands that managers run while a guest waits; as `agent`, they do not require yargs. */
const managers: readonly (string | undefined)[] = ['vdsm', 'cloudstack', 'libvirt', 'kubevirt'];

/** The bundle that runs a command line. */
export function entryOf([command, manager]: readonly string[]): string {
  if (command === 'agent') return './agent.cjs';
  if (command !== 'hook' || !managers.includes(manager)) return './command.cjs';
  return manager === 'vdsm' ? './hook-vdsm.cjs' : './hook.cjs';
}

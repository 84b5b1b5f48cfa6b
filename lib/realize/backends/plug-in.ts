import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RealizeError } from '../error.js';
import type { Backend } from './backend.js';

const functions = ['unsupportedReason', 'keysOf', 'domidFor', 'open'] as const;

/**
 * Loads a third-party backend: a module whose default export, or whose export `backend`, is one.
 *
 * @param name a path, absolute or starting with a dot; else a package, as Node resolves it from here
 * @returns the backend under the requested name, so that a later run finds the same one
 * @throws RealizeError `backend` if the module does not exist or does not export a backend
 */
export async function loadPlugIn(name: string): Promise<Backend> {
  const isPath = isAbsolute(name) || name.startsWith('.');
  const path = isPath ? resolve(name) : name;
  let module: Readonly<Record<string, unknown>>;
  try {
    module = (await importModule(isPath ? pathToFileURL(path).href : name)) as typeof module;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RealizeError('backend', `cannot load backend '${name}': ${reason}`);
  }
  const exported = module['default'] ?? module['backend'];
  // The namespace of a CommonJS module.
  const nested = isObject(exported) ? (exported['backend'] ?? exported['default']) : undefined;
  for (const candidate of [exported, nested]) {
    if (isBackend(candidate)) return called(path, candidate);
  }
  throw new RealizeError(
    'backend',
    `${name} does not export a backend: its default export must have a name and the functions ${functions.join(', ')}`,
  );
}

const called = (name: string, backend: Backend): Backend => ({
  name,
  unsupportedReason: (channel) => backend.unsupportedReason(channel),
  keysOf: (channel) => backend.keysOf(channel),
  domidFor: (domain, host) => backend.domidFor(domain, host),
  open: (given) => backend.open(given),
});

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

function isBackend(value: unknown): value is Backend {
  return (
    isObject(value) &&
    typeof value['name'] === 'string' &&
    functions.every((name) => typeof value[name] === 'function')
  );
}

/** The bundler would turn a plain import() into a require(), which cannot load ES modules. */
const importModule = async (specifier: string): Promise<unknown> => await import(specifier);

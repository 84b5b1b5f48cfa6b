import lock from '../package-lock.json' with { type: 'json' };

/** A package of npm whose code is in the packages of virt2xen. */
export interface ShippedPackage {
  /** Its directory. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const locked: Readonly<Record<string, Locked>> = lock.packages;
const directory = 'node_modules/';

/** The editor, which is bundled into the page. All other development dependencies stay at home. */
const editor = Object.keys(locked).filter((path) => /^node_modules\/@(?:codemirror|lezer)\//.test(path));

/** The dependencies of the command, and the editor of the page with its own, in the order of the lock file. */
export function shippedPackages(): readonly ShippedPackage[] {
  const ofPage = new Set<string>();
  const add = (path: string): void => {
    if (ofPage.has(path)) return;
    ofPage.add(path);
    for (const name of Object.keys(locked[path]?.dependencies ?? {})) add(resolve(name, path));
  };
  for (const path of editor) add(path);
  return Object.entries(locked)
    .filter(([path, { dev }]) => path !== '' && (dev !== true || ofPage.has(path)))
    .map(([path, { version = '', license }]) => ({
      path,
      name: path.slice(path.lastIndexOf(directory) + directory.length),
      version,
      ...(license !== undefined && { license }),
    }));
}

/** Where Node finds a package: in the nearest node_modules. */
function resolve(name: string, from: string): string {
  const path = `${from}${from === '' ? '' : '/'}${directory}${name}`;
  if (locked[path] || from === '') return path;
  return resolve(name, from.slice(0, Math.max(from.lastIndexOf(`/${directory}`), 0)));
}

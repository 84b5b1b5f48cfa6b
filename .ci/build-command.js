/**
 * Builds the command into dist/cli, with esbuild, and into dist/single what differs in the single executable.
 *
 * A hook starts the command at every start of a guest, so its start-up counts. Hence CommonJS,
 * which Node loads faster than modules, in a few files: what reads the command line, what each
 * command does, what only the way to XML needs, and the hooks; and beside each, V8's code for it, compiled.
 * bench/ measures what this gains.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'esbuild';

for (const folder of ['dist/cli', 'dist/single']) rmSync(folder, { recursive: true, force: true });

const common = {
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  logLevel: 'warning',
};

/** For a file that cli/launch.ts loads: a function already, for to wrap a text is to copy it. */
const launched = {
  ...common,
  banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
  footer: { js: '})' },
};

/**
 * Parts of fast-xml-parser that never come to run, or whose results nothing reads: entities are not decoded by it, a
 * DOCTYPE is refused before, values stay texts, and no expression is matched with the path of an element.
 */
const leanParser = [
  replace(
    '@nodable/entities',
    `export class EntityDecoder { reset() {} setXmlVersion() {} }
    export const XML = {}, COMMON_HTML = {}, CURRENCY = {}, ENTITY_ACTION = {};`,
  ),
  replace('is-unsafe', 'export const isUnsafe = undefined, HTML = undefined, XML = undefined;'),
  replace(
    'path-expression-matcher',
    `export class Expression {}
    export class ExpressionSet { size = 0; add() {} seal() {} }
    export class Matcher { reset() {} push() {} pop() {} readOnly() { return this; } getCurrentTag() {} updateCurrent() {} }`,
  ),
  replace('strnum', 'export default undefined;'),
  replace('./DocTypeReader.js', 'export default class { setXmlVersion() {} }'),
  replace('./node2json.js', 'export default undefined;'),
];

await build({
  ...launched,
  stdin: { contents: "export { create } from 'xmlbuilder2';", resolveDir: '.' },
  outfile: 'dist/cli/xmlbuilder2.cjs',
  // It reads and writes YAML, too; nothing here does.
  plugins: [replace('js-yaml', 'export const load = undefined, dump = undefined;')],
});

await build({
  ...launched,
  entryPoints: ['cli/convert-files.ts'],
  outfile: 'dist/cli/convert-files.cjs',
  external: ['./xmlbuilder2.cjs'],
  plugins: [
    ...leanParser,
    // Loaded at the first call.
    replace(
      'xmlbuilder2',
      "export const create = (...args) => require('./xmlbuilder2.cjs').create(...args);",
    ),
  ],
});

// What works on running domains. It loads plug-ins with a real import(), so Node loads it. In the single executable
// there are no files for Node: it is launched there, too.
for (const name of ['realize', 'daemon', 'hook-channels']) {
  const entryPoints = [`cli/${name}.ts`];
  await build({ ...common, entryPoints, outfile: `dist/cli/${name}.cjs` });
  await build({ ...launched, entryPoints, outfile: `dist/single/${name}.cjs` });
}
await build({
  ...launched,
  entryPoints: ['cli/adapt-files.ts'],
  outfile: 'dist/cli/adapt-files.cjs',
  plugins: leanParser,
});
// Twice: what VDSM's hook reports needs more of V8's code than the others take.
for (const name of ['hook', 'hook-vdsm']) {
  await build({
    ...launched,
    entryPoints: ['cli/hook-main.ts'],
    outfile: `dist/cli/${name}.cjs`,
    supported: { 'dynamic-import': false },
    plugins: [
      ...leanParser,
      inFileOfItsOwn('./hook-channels.js', '../cli/hook-channels.cjs'),
      inFileOfItsOwn('./parse-config.js', './config.cjs'),
    ],
  });
}
await build({
  ...launched,
  entryPoints: ['cli/guest-kit.ts'],
  outfile: 'dist/cli/guest-kit.cjs',
  plugins: [withFilesOfKit()],
});

// The configuration file, loaded if there is one.
await build({ ...launched, entryPoints: ['cli/config/parse-config.ts'], outfile: 'dist/cli/config.cjs' });

// What shows it.
await build({
  ...launched,
  entryPoints: ['cli/config/show.ts'],
  outfile: 'dist/cli/show-config.cjs',
  supported: { 'dynamic-import': false },
  plugins: [inFileOfItsOwn('./parse-config.js', './config.cjs')],
});

// The page is a file beside it.
await build({
  ...launched,
  entryPoints: ['cli/web.ts'],
  outfile: 'dist/cli/web.cjs',
  define: { 'import.meta.url': 'moduleUrl' },
  banner: {
    js: `${launched.banner.js} const moduleUrl = require('node:url').pathToFileURL(__filename).href;`,
  },
});

// What only looks at them.
await build({
  ...launched,
  entryPoints: ['cli/operating.ts'],
  outfile: 'dist/cli/operating.cjs',
  supported: { 'dynamic-import': false },
  plugins: [inFileOfItsOwn('./parse-config.js', './config.cjs')],
});

await build({ ...launched, entryPoints: ['cli/events.ts'], outfile: 'dist/cli/events.cjs' });
await build({ ...launched, entryPoints: ['cli/metrics.ts'], outfile: 'dist/cli/metrics.cjs' });
await build({
  ...launched,
  entryPoints: ['cli/restore-config.ts'],
  outfile: 'dist/cli/restore-config.cjs',
  plugins: leanParser,
});

// One file, for the errors of all parts are of the same classes; what import() loads is run at that moment.
await build({
  ...launched,
  entryPoints: ['cli/agent-main.ts'],
  outfile: 'dist/cli/agent.cjs',
  supported: { 'dynamic-import': false },
});
await build({ ...launched, entryPoints: ['cli/transfer.ts'], outfile: 'dist/cli/transfer.cjs' });

await build({
  ...launched,
  entryPoints: ['cli/main.ts'],
  outfile: 'dist/cli/command.cjs',
  // A dynamic import becomes a require: that does not wake Node's module loader.
  supported: { 'dynamic-import': false },
  plugins: [
    inFileOfItsOwn('./parse-config.js', './config.cjs'),
    inFileOfItsOwn('../config/show.js', './show-config.cjs'),
    inFileOfItsOwn('../convert-files.js', './convert-files.cjs'),
    // Named so that cli/launch.ts leaves it to Node.
    inFileOfItsOwn('../realize.js', '../cli/realize.cjs'),
    inFileOfItsOwn('../metrics.js', './metrics.cjs'),
    inFileOfItsOwn('../events.js', './events.cjs'),
    inFileOfItsOwn('../daemon.js', '../cli/daemon.cjs'),
    inFileOfItsOwn('../operating.js', './operating.cjs'),
    inFileOfItsOwn('../transfer.js', './transfer.cjs'),
    inFileOfItsOwn('../restore-config.js', './restore-config.cjs'),
    inFileOfItsOwn('../agent-main.js', './agent.cjs'),
    inFileOfItsOwn('../adapt-files.js', './adapt-files.cjs'),
    inFileOfItsOwn('../guest-kit.js', './guest-kit.cjs'),
    inFileOfItsOwn('../web.js', './web.cjs'),
    inPlaceOf('./lib/platform-shims/esm.mjs', '.ci/yargs-shim.js'),
    // The parser of the arguments needs a `require` for files with settings only.
    replace('node:module', 'export const createRequire = undefined;'),
    // The library that lays out help has a use of its own for the tables of emoji and colours. Help is plain ASCII.
    replace('string-width', 'export default (text) => text.length;'),
    replace('ansi-styles', 'export default { codes: new Map() };'),
    // yargs checks the types of its arguments, which the compiler has done.
    replace('./argsert.js', 'export const argsert = () => {};'),
    // yargs lays out the help of each command that has run, in case somebody asks for it later.
    without(
      'yargs/build/lib/command.js',
      'yargs.getInternalMethods().getUsageInstance().cacheHelpMessage();',
    ),
  ],
});

await build({ ...common, entryPoints: ['cli/launch.ts'], outfile: 'dist/cli/main.cjs' });
await build({ ...common, entryPoints: ['cli/launch-single.ts'], outfile: 'dist/single/main.cjs' });
chmodSync('dist/cli/main.cjs', 0o755);
for (const work of ['convert', 'adapt', 'hook', 'hook-vdsm', 'agent', 'config']) {
  execFileSync(process.execPath, ['--predictable', '.ci/compile.js', work], { stdio: 'pipe' });
}

/** Puts another module in the place of a package. */
function replace(name, contents) {
  return {
    name: `replace ${name}`,
    setup({ onLoad, onResolve }) {
      onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: 'replaced' }));
      onLoad({ filter: new RegExp(`^${name}$`), namespace: 'replaced' }, () => ({ contents }));
    },
  };
}

/** Puts a file of ours in the place of a module. */
function inPlaceOf(module, file) {
  return {
    name: `${file} in the place of ${module}`,
    setup({ onResolve }) {
      onResolve({ filter: new RegExp(`^${module}$`) }, () => ({ path: resolve(file) }));
    },
  };
}

/** Takes a statement out of a module. @throws if it is not there, once */
function without(module, statement) {
  return {
    name: `${module} without ${statement}`,
    setup({ onLoad }) {
      onLoad({ filter: new RegExp(`${module}$`) }, ({ path }) => {
        const pieces = readFileSync(path, 'utf8').split(statement);
        if (pieces.length !== 2) throw new Error(`${module} has changed: look for ${statement}`);
        return { contents: pieces.join('') };
      });
    },
  };
}

/** Puts the files of the guest kit in the place of the module that reads them. */
function withFilesOfKit() {
  const files = readdirSync('cli/guest-kit')
    .sort()
    .map((name) => {
      const path = `cli/guest-kit/${name}`;
      return { name, mode: statSync(path).mode & 0o111 ? 0o755 : 0o644, text: readFileSync(path, 'utf8') };
    });
  return {
    name: 'the files of the guest kit',
    setup({ onLoad }) {
      onLoad({ filter: /guest-kit-files\.ts$/ }, () => ({
        contents: `export const kitFiles = ${JSON.stringify(files)};`,
      }));
    },
  };
}

/** Leaves an import to be resolved when the program runs, to another file. */
function inFileOfItsOwn(path, file) {
  return {
    name: `${path} in a file of its own`,
    setup({ onResolve }) {
      onResolve({ filter: new RegExp(`^${path}$`) }, () => ({ path: file, external: true }));
    },
  };
}

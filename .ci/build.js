/**
 * Builds dist/: the library as modules with types (tsc), and the command (build-command.js).
 *
 *   node .ci/build.js [--if-stale] [library|command]
 *
 * Beside what it builds it leaves a digest of what that was built from; with --if-stale it builds
 * only what was built from something else. The tests do so before they run the built package.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const parts = {
  library: { folder: 'dist/lib', sources: ['lib', 'tsconfig.json'], build: buildLibrary },
  command: {
    folder: 'dist/cli',
    sources: ['lib', 'cli', '.ci/build-command.js', '.ci/compile.js', 'package.json'],
    build: () => runNode('.ci/build-command.js'),
  },
};

const words = process.argv.slice(2);
const chosen = Object.keys(parts).filter((part) => words.includes(part));
for (const part of chosen.length > 0 ? chosen : Object.keys(parts)) {
  const { folder, sources, build } = parts[part];
  const record = join('dist', `${part}.sha256`);
  const digest = digestOf(['.ci/build.js', 'package-lock.json', ...sources]);
  const isFresh = existsSync(folder) && existsSync(record) && readFileSync(record, 'utf8') === digest;
  if (isFresh && words.includes('--if-stale')) continue;
  rmSync(record, { force: true });
  build();
  mkdirSync('dist', { recursive: true });
  writeFileSync(record, digest);
}

/** The core without Node's types, then what may use Node. */
function buildLibrary() {
  rmSync('dist/lib', { recursive: true, force: true });
  for (const project of ['lib', 'lib/realize', 'lib/agent', 'lib/daemon'])
    runNode('node_modules/typescript/bin/tsc', '-p', project);
}

function runNode(...args) {
  execFileSync(process.execPath, args, { stdio: 'inherit' });
}

/** Of the names and contents of all files. */
function digestOf(paths) {
  const hash = createHash('sha256');
  for (const file of paths.flatMap(filesOf)) hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function filesOf(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

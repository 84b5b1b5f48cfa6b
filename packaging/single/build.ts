import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

/**
 * Builds the single executable: the Node that runs this, with the bundles of the command and their compiled code as assets.
 * It runs on hosts without Node.
 *
 * @param cli the directory of the built command
 * @param work an empty directory for what comes between
 */
export async function buildSingleExecutable(cli: string, work: string, output: string): Promise<void> {
  mkdirSync(work, { recursive: true });
  await build({
    entryPoints: ['cli/launch-single.ts'],
    outfile: join(work, 'main.cjs'),
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'warning',
  });
  const configuration = {
    // Relative, because the executable contains the name.
    main: 'main.cjs',
    output: 'blob',
    disableExperimentalSEAWarning: true,
    useCodeCache: true,
    assets: assetsOf(cli, work),
  };
  writeFileSync(join(work, 'sea.json'), JSON.stringify(configuration));
  // So that V8 compiles the same bytes each time; see .ci/build-command.js.
  execFileSync(process.execPath, ['--predictable', '--experimental-sea-config', 'sea.json'], {
    cwd: work,
    stdio: 'pipe',
  });
  copyFileSync(process.execPath, output);
  chmodSync(output, 0o755);
  execFileSync('strip', [output]);
  const postject = ['node_modules/postject/dist/cli.js', output, 'NODE_SEA_BLOB', join(work, 'blob')];
  execFileSync(process.execPath, [...postject, '--sentinel-fuse', fuse], { stdio: 'pipe' });
}

/** What Node looks for in itself: https://nodejs.org/api/single-executable-applications.html */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** The bundles by name. Those that npm's package leaves to Node's loader are wrapped as the others. */
function assetsOf(cli: string, work: string): Readonly<Record<string, string>> {
  const names = readdirSync(cli).filter((name) => /\.cjs(?:\.v8)?$/.test(name) && name !== 'main.cjs');
  return Object.fromEntries(
    names.sort().map((name) => {
      const path = resolve(cli, name);
      if (name.endsWith('.v8')) return [name, path];
      const source = readFileSync(path, 'latin1');
      if (source.startsWith('(function ')) return [name, path];
      const wrapped = resolve(work, basename(name));
      writeFileSync(
        wrapped,
        `(function (exports, require, module, __filename, __dirname) {${source}\n})`,
        'latin1',
      );
      return [name, wrapped];
    }),
  );
}

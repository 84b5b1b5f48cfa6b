import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * Builds the single executable: the Node that runs this, with the bundles of the command, their compiled code and the
 * page as assets. It runs on hosts without Node.
 *
 * @param work an empty directory for what comes between
 */
export function buildSingleExecutable(work: string, output: string): void {
  mkdirSync(work, { recursive: true });
  const { [entry]: main, ...assets } = filesOf(['dist/cli', 'dist/single', 'dist/web']);
  const configuration = {
    // Relative, because the executable contains the name.
    main: entry,
    output: 'blob',
    disableExperimentalSEAWarning: true,
    useCodeCache: true,
    assets,
  };
  copyFileSync(main ?? '', join(work, entry));
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

const entry = 'main.cjs';

/** The bundles, their compiled code and the page, by name; those of a later directory take the place of others. */
const filesOf = (directories: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    directories.flatMap((directory) =>
      readdirSync(directory)
        .filter((name) => /\.(?:cjs|cjs\.v8|html)$/.test(name))
        .sort()
        .map((name) => [name, resolve(directory, name)]),
    ),
  );

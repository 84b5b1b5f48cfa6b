import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { commandContents, debianLayout, guestKitContents, localLayout, rpmLayout } from './contents.js';
import { buildDeb } from './deb/deb.js';
import { commandPackage, guestKitPackage } from './deb/packages.js';
import { buildNpm } from './npm/npm.js';
import { release } from './release.js';
import { buildRpm } from './rpm/rpm.js';
import { commandRpm, guestKitRpm } from './rpm/packages.js';
import { buildSingleExecutable } from './single/build.js';
import { buildTar } from './tar/tar.js';

/*
 * Builds all packages into a directory: `npm run packages [DIRECTORY]` (default: dist/packages).
 */
const [output = 'dist/packages'] = process.argv.slice(2);
const work = mkdtempSync(join(tmpdir(), 'virt2xen-packages-'));
process.umask(0o022);
try {
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  execFileSync(process.execPath, ['.ci/build.js', '--if-stale'], { stdio: 'inherit' });
  const built = release(process.env);
  const executable = join(work, 'virt2xen');
  buildSingleExecutable(join(work, 'single'), executable);
  const at = (name: string): string => join(work, name);
  const files = [
    buildDeb(commandContents(executable, built, debianLayout), commandPackage, built, at('deb'), output),
    buildRpm(commandContents(executable, built, rpmLayout), commandRpm, built, at('rpm'), output),
    buildTar(commandContents(executable, built, localLayout), built, at('tar'), output),
    buildNpm(built, output),
    buildDeb(guestKitContents(built, debianLayout), guestKitPackage, built, at('kit-deb'), output),
    buildRpm(guestKitContents(built, rpmLayout), guestKitRpm, built, at('kit-rpm'), output),
  ];
  for (const file of files) {
    const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
    const megabytes = (statSync(file).size / 1e6).toFixed(2).padStart(6);
    process.stdout.write(`${digest}  ${megabytes} MB  ${basename(file)}\n`);
  }
} finally {
  rmSync(work, { recursive: true });
}

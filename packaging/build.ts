import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { commandContents, debianLayout, guestKitContents, hasUnit, rpmLayout } from './contents.js';
import { buildDeb } from './deb/deb.js';
import { commandPackage, guestKitPackage } from './deb/packages.js';
import { release } from './release.js';
import { buildRpm } from './rpm/rpm.js';
import { commandRpm, guestKitRpm } from './rpm/packages.js';
import { buildSingleExecutable } from './single/build.js';

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
  const executable = join(output, `virt2xen-${built.version}-linux-${process.arch}`);
  await buildSingleExecutable('dist/cli', join(work, 'single'), executable);
  const kit = guestKitContents();
  const debs = { command: join(work, 'deb'), kit: join(work, 'kit-deb') };
  const rpms = { command: join(work, 'rpm'), kit: join(work, 'kit-rpm') };
  const tarball = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', output]);
  const files = [
    executable,
    buildDeb(
      commandContents(executable, built, debianLayout),
      commandPackage(hasUnit),
      built,
      debs.command,
      output,
    ),
    buildRpm(commandContents(executable, built, rpmLayout), commandRpm(hasUnit), built, rpms.command, output),
    buildDeb(kit, guestKitPackage, built, debs.kit, output),
    buildRpm(kit, guestKitRpm, built, rpms.kit, output),
    join(output, tarball.toString().trim()),
  ];
  for (const file of files) {
    const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
    const megabytes = (statSync(file).size / 1e6).toFixed(2).padStart(6);
    process.stdout.write(`${digest}  ${megabytes} MB  ${basename(file)}\n`);
  }
} finally {
  rmSync(work, { recursive: true });
}

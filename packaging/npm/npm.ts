import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { npmContents } from '../contents.js';
import type { Release } from '../release.js';
import { writeTree } from '../tree.js';

/** Writes what the tarball of npm contains besides the build, below dist/. */
export function writeForNpm(release: Release): void {
  for (const part of ['man', 'completions']) rmSync(join('dist', part), { recursive: true, force: true });
  writeTree('dist', npmContents(release), release.epochSeconds);
}

/** Packs the tarball. @returns the file */
export function buildNpm(release: Release, output: string): string {
  writeForNpm(release);
  const words = ['pack', '--silent', '--ignore-scripts', '--pack-destination', output];
  return join(output, execFileSync('npm', words, { encoding: 'utf8' }).trim());
}

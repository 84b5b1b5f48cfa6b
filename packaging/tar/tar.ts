import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Release } from '../release.js';
import { writeTree, type Entry } from '../tree.js';

/**
 * Builds an archive that is extracted at the root of a host: for hosts of no distribution that has a package.
 *
 * @param work an empty directory @returns the file
 */
export function buildTar(contents: readonly Entry[], release: Release, work: string, output: string): string {
  writeTree(work, contents, release.epochSeconds);
  const file = join(output, `virt2xen-${release.version}-linux-${process.arch}.tar.gz`);
  const same = [
    '--sort=name',
    `--mtime=@${release.epochSeconds}`,
    '--owner=0',
    '--group=0',
    '--numeric-owner',
  ];
  // Every host can read it; without a name and a time.
  const compress = '--use-compress-program=gzip -n -6';
  // Not the directories: those of the host keep their modes.
  const files = contents.map(({ path }) => path.slice(1)).sort();
  execFileSync('tar', [...same, compress, '-C', work, '-cf', file, ...files], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return file;
}

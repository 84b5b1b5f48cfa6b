import { execFileSync } from 'node:child_process';

/** Builds a part of dist/ unless it was built from the current sources, so that tests never use an old build. */
export function buildIfStale(part: 'library' | 'command' | 'page'): void {
  execFileSync(process.execPath, ['.ci/build.js', '--if-stale', part], { stdio: 'inherit' });
}

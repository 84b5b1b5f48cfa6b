import { execFileSync } from 'node:child_process';

/** Builds a part of dist/ unless it was built from these very sources: no test sees an old one. */
export function buildIfStale(part: 'library' | 'command'): void {
  execFileSync(process.execPath, ['.ci/build.js', '--if-stale', part], { stdio: 'inherit' });
}

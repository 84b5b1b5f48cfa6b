import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isInstalled, missing } from '../requirements.js';

/** All packages, in a directory that the trees see as /packages. */
export interface Built {
  readonly directory: string;
  readonly names: Readonly<Record<'deb' | 'kitDeb' | 'rpm' | 'kitRpm' | 'tar' | 'npm', string>>;
}

const tools = ['mmdebstrap', 'dpkg-deb', 'rpmbuild', 'lintian', 'unshare'];

/** Skips the tests where packages cannot be built or installed, with the reason. */
export function needsPackages(context: Mocha.Context): void {
  const lacking = tools.filter((tool) => !isInstalled(tool));
  const isRoot = process.getuid?.() === 0;
  if (lacking.length === 0 && isRoot) return;
  const why = lacking.length > 0 ? `${lacking.join(', ')} not found` : 'not running as root';
  missing('packages', 'mmdebstrap lintian rpm', why);
  context.skip();
}

let built: Built | undefined;

/** The packages, built once for all tests, and removed at their end. */
export function builtPackages(): Built {
  built ??= build();
  return built;
}

/** Builds all packages, and adds an older version of the command's, and a document. */
function build(): Built {
  const directory = mkdtempSync(join(tmpdir(), 'virt2xen-packages-'));
  process.on('exit', () => rmSync(directory, { recursive: true }));
  execFileSync('npm', ['run', '--silent', 'packages', directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const named = (pattern: RegExp): string => readdirSync(directory).find((name) => pattern.test(name)) ?? '';
  const names = {
    deb: named(/^virt2xen_.*\.deb$/),
    kitDeb: named(/^virt2xen-guest-kit_.*\.deb$/),
    rpm: named(/^virt2xen-\d.*\.rpm$/),
    kitRpm: named(/^virt2xen-guest-kit-.*\.rpm$/),
    tar: named(/-linux-.*\.tar\.gz$/),
    npm: named(/\.tgz$/),
  };
  const script = `
    dpkg-deb -R "$1" "$2/old"
    sed -i 's/^Version: .*/Version: 0.0.1-1/' "$2/old/DEBIAN/control"
    dpkg-deb --root-owner-group -Znone -b "$2/old" "$2/old.deb" >/dev/null
    rm -rf "$2/old"`;
  execFileSync('sh', ['-euc', script, 'sh', join(directory, names.deb), directory]);
  copyFileSync('fixtures/cloudstack/user-vm.xml', join(directory, 'vm.xml'));
  return { directory, names };
}

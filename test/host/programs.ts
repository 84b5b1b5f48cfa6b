/**
 * Debian's xenstored, oxenstored and Xen QEMU, and the library that allows them to run without Xen.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { missing, say } from '../requirements.js';

export interface Programs {
  /** The library to preload: without-xen.c after its build. */
  readonly preload: string;
  readonly xenstored: string;
  readonly oxenstored: string;
  /** The QEMU that libxl starts. */
  readonly qemu: string;
}

/** The release of Xen whose libraries the shim is for, that of Debian 12. */
const paths = {
  xenstored: '/usr/lib/xen-4.17/bin/xenstored',
  oxenstored: '/usr/lib/xen-4.17/bin/oxenstored',
  qemu: '/usr/libexec/xen-qemu-system-i386',
} as const;
const headers = '/usr/include/xenctrl.h';

const packages = ['xen-utils-4.17', 'qemu-system-xen', 'libxen-dev', 'gcc', 'libc6-dev'];
const source = fileURLToPath(new URL('without-xen.c', import.meta.url));

let found: Programs | undefined;
let searched = false;

/**
 * Finds the programs and builds the shim, once per process. V2X_INSTALL=1 installs what is missing.
 *
 * @returns undefined if something is missing, which has been reported
 * @throws if something is missing and V2X_REQUIRE_REAL=1
 */
export function findPrograms(): Programs | undefined {
  if (searched) return found;
  searched = true;
  if (lacking().length > 0 && process.env['V2X_INSTALL'] === '1') install();
  const [first] = lacking();
  if (first !== undefined) missing('xenstored and QEMU', packages.join(', '), `there is no ${first}`);
  else {
    const preload = build();
    if (preload !== undefined) found = { preload, ...paths };
  }
  return found;
}

const lacking = (): string[] => [...Object.values(paths), headers].filter((path) => !existsSync(path));

function install(): void {
  say(`installing ${packages.join(' ')}`);
  const run = (...command: string[]): void => {
    const asRoot = process.getuid?.() === 0 ? [] : ['sudo'];
    execFileSync('env', [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', ...command], { stdio: 'pipe' });
  };
  run('apt-get', 'update', '-qq');
  run('apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...packages);
}

function build(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'virt2xen-without-xen-'));
  process.on('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  const library = join(folder, 'without-xen.so');
  try {
    const options = ['-Wall', '-Wextra', '-Werror', '-shared', '-fPIC'];
    execFileSync('gcc', [...options, '-o', library, source, '-ldl'], { stdio: 'pipe' });
    return library;
  } catch (error) {
    missing('xenstored and QEMU', packages.join(', '), `without-xen.c cannot be built: ${String(error)}`);
    return undefined;
  }
}

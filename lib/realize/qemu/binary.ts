import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { QemuError } from './error.js';
import type { QemuVersion } from '../../qemu-syntax/version.js';
import { parseQemuVersion } from '../../qemu-syntax/version.js';

/** A QEMU that can serve Xen consoles. */
export interface QemuBinary {
  readonly path: string;
  readonly version: QemuVersion;
}

/** The paths of QEMU in distributions, those built for Xen first. `*` matches part of a directory name. */
export const usualBinaries: readonly string[] = [
  // Debian since 12, Ubuntu: package qemu-system-xen.
  '/usr/libexec/xen-qemu-system-i386',
  // Xen's own build: --libexecdir of its configure, and the defaults of packagers.
  '/usr/local/lib/xen/bin/qemu-system-i386',
  '/usr/lib/xen/bin/qemu-system-i386',
  '/usr/lib64/xen/bin/qemu-system-i386',
  '/usr/libexec/xen/bin/qemu-system-i386',
  // Debian up to 11.
  '/usr/lib/xen-*/bin/qemu-system-i386',
  // Distributions whose default QEMU supports Xen.
  '/usr/bin/qemu-system-i386',
  '/usr/bin/qemu-system-x86_64',
];

/** A loaded machine takes time to start a program. */
const probeTimeoutMs = 10_000;

/**
 * Finds a QEMU with the machine `xenpv`, by running the installed ones.
 *
 * @param candidates paths to try, in order
 * @throws QemuError `not-found`; the message contains the reason for each candidate
 */
export async function findQemu(candidates: readonly string[] = usualBinaries): Promise<QemuBinary> {
  const reasons: string[] = [];
  for (const candidate of candidates) {
    for (const path of await expand(candidate)) {
      const found = await probe(path);
      if (typeof found === 'object') return found;
      reasons.push(`${path}: ${found}`);
    }
  }
  const tried = reasons.map((reason) => `\n  ${reason}`).join('');
  throw new QemuError(
    'not-found',
    `no QEMU with Xen support found (on Debian: package qemu-system-xen)${tried}`,
  );
}

/** @returns the binary, or why it is not suitable */
async function probe(path: string): Promise<QemuBinary | string> {
  const runnable = await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!runnable) return 'there is no program';
  try {
    const version = parseQemuVersion(await outputOf(path, '--version'));
    if (!version) return 'its version output is not that of QEMU';
    const machines = await outputOf(path, '-machine', 'help');
    return /^xenpv\s/m.test(machines) ? { path, version } : 'it has no machine xenpv';
  } catch (error) {
    return `cannot be run: ${firstLine(error instanceof Error ? error.message : String(error))}`;
  }
}

async function outputOf(path: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(path, args, { timeout: probeTimeoutMs });
  return stdout;
}

/** The paths that match a pattern, the latest release first. */
async function expand(pattern: string): Promise<readonly string[]> {
  const match = /^(.*)\/([^/*]*)\*\/(.*)$/.exec(pattern);
  if (!match) return [pattern];
  const [, directory = '', start = '', rest = ''] = match;
  const names = await readdir(directory).catch(() => []);
  return names
    .filter((name) => name.startsWith(start))
    .toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    .map((name) => `${directory}/${name}/${rest}`);
}

const firstLine = (text: string): string => text.trim().split('\n', 1)[0] ?? '';

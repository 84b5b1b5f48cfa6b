/** The program under test: the package for npm, unpacked in dom0. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dom0 } from '../dom0/dom0.js';

/** @returns the tarball */
export function packProgram(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'virt2xen-package-'));
  try {
    const said = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return readFileSync(join(folder, said.trimEnd().split('\n').at(-1) ?? ''));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Installs it where the link `virt2xen` of init.sh points to, and replaces an earlier one. */
export async function installProgram(dom0: Dom0, tarball: Buffer): Promise<void> {
  const script = 'rm -rf /opt/virt2xen && mkdir -p /opt/virt2xen && tar -xz -C /opt/virt2xen';
  await dom0.run(script, { input: tarball });
}

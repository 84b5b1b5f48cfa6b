import type { QemuVersion } from '../../lib/qemu-syntax/version.js';
import { parseQemuVersion, formatQemuVersion } from '../../lib/qemu-syntax/version.js';
import { execFileSync } from 'node:child_process';
import { findPrograms } from './programs.js';

export interface TestedQemu {
  readonly program: string;
  readonly version: QemuVersion;
  readonly name: string;
}

/** Debian's QEMU for Xen, and those in V2X_QEMU, separated by colons. */
export function testedQemus(): readonly TestedQemu[] {
  const programs = findPrograms();
  const others = (process.env['V2X_QEMU'] ?? '').split(':').filter((path) => path !== '');
  return [...(programs ? [programs.qemu] : []), ...others].map((program) => {
    const version = parseQemuVersion(execFileSync(program, ['--version'], { encoding: 'utf8' }));
    if (!version) throw new Error(`${program} is no QEMU`);
    return { program, version, name: `QEMU ${formatQemuVersion(version)}` };
  });
}

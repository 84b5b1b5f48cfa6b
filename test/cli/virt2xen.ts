import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandPath } from '../command.js';

/** The result of a run of the command. */
export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command in a directory, without a terminal. */
export function virt2xen(
  args: readonly string[],
  how: { readonly cwd: string; readonly input?: string; readonly env?: Readonly<Record<string, string>> },
): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [commandPath, ...args], {
    cwd: how.cwd,
    input: how.input ?? '',
    encoding: 'utf8',
    env: { ...process.env, ...how.env },
  });
  return { status, stdout, stderr };
}

/** Creates a directory for one test. */
export function temporaryDirectory(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'virt2xen-'));
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}

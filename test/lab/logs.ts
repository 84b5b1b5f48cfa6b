import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { Dom0 } from './dom0/dom0.js';
import { consoleLogOf } from './machine/directory.js';
import type { Suite } from './suites.js';

/** In the repository, ignored by git. */
const logs = 'lab-logs';

/** Commands, by the file for their output. */
const questions: Readonly<Record<string, string>> = {
  'xenstore.txt': 'xenstore-ls -fp',
  'domains.txt': 'xl list -v',
  'xen.log': 'xl dmesg',
  // The position of each guest's processor, three times: a lost one is always at the same address.
  'processors.txt': `for domid in $(xl list | awk 'NR > 1 && $2 != 0 { print $2 }'); do
    for time in 1 2 3; do echo "domain $domid"; /usr/lib/xen-*/bin/xenctx "$domid"; sleep 1; done
  done`,
  'dom0-kernel.log': 'dmesg',
  'processes.txt': 'ps -ww -eo pid,ppid,stat,etimes,args',
};

/** Folders to copy: Xen's logs with those of QEMU and the consoles of guests, and the files of the scenario. */
const places: readonly string[] = ['/var/log/xen', '/var/log/libvirt', '/run/lab'];

export function forgetLogs({ name }: Suite): void {
  rmSync(join(logs, name), { recursive: true, force: true });
}

/** @returns the path of the stored console output of a failed boot */
export function keepBootLog({ name }: Suite, console: string): string {
  mkdirSync(join(logs, name), { recursive: true });
  const file = join(logs, name, `boot-${new Date().toISOString().replaceAll(':', '')}.log`);
  cpSync(console, file);
  return file;
}

/**
 * Stores what is needed to analyse a failure, before it is cleaned up.
 * @param machine the directory of the machine
 * @returns the folder with the files
 */
export async function keepLogs(
  suite: Suite,
  title: string,
  machine: string,
  dom0: Dom0,
  error: unknown,
): Promise<string> {
  const folder = join(logs, suite.name, title.replaceAll(/[^A-Za-z0-9.]+/g, '-').slice(0, 80));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'error.txt'), describe(error));
  cpSync(consoleLogOf(machine), join(folder, 'dom0-console.log'));

  const attempts = [
    ...Object.entries(questions).map(async ([file, question]) => {
      const { stdout, stderr } = await dom0.attempt(question);
      writeFileSync(join(folder, file), stdout + stderr);
    }),
    ...places.map((place) => dom0.copyOut(place, folder)),
  ];
  // dom0 itself may have failed.
  const failures = (await Promise.allSettled(attempts)).filter(({ status }) => status === 'rejected');
  if (failures.length > 0) writeFileSync(join(folder, 'missing.txt'), failures.map(describe).join('\n'));
  return folder;
}

const describe = (error: unknown): string => inspect(error, { depth: 5 });

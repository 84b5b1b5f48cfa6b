/**
 * A scenario: a test against a real Xen. It is a test of mocha's with three things more: it is given
 * dom0, its logs are kept when it fails, and what it leaves behind is cleaned up.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { connectDom0, type Dom0 } from './dom0/dom0.js';
import { attachGuest, createGuest, type Guest, type GuestType } from './guest/guest.js';
import { sshConfigOf } from './machine/directory.js';
import { keepLogs } from './logs.js';
import { addRow, type Measurement } from './report.js';
import { suiteNamed, type Suite } from './suites.js';

/** The types of guest that a scenario is played with. */
export interface GuestTypes {
  /** In each run, and so in the gate. */
  readonly gate: readonly GuestType[];
  /** Besides these, with `--all`. */
  readonly all?: readonly GuestType[];
}

export interface Scene {
  readonly suite: Suite;
  /** `pv` where a scenario names no types. */
  readonly type: GuestType;
  readonly dom0: Dom0;
  /** Starts a guest of the scenario's type from an xl.cfg, with plain `xl create`. */
  readonly create: (name: string, config: string) => Promise<Guest>;
  /** A guest that something else has started. */
  readonly attach: (name: string) => Promise<Guest>;
  /** Puts a number that was measured into the report. @param value with its unit */
  readonly measure: (what: string, value: string) => void;
}

/** Generous: it is there for what hangs. */
const limitMs = 30 * 60_000;

type Play = (scene: Scene) => Promise<void>;

/**
 * @param statement what is seen to hold; with the names of the `describe`s around it, it is the title in
 *   the report, and for `npm run lab -- run`
 * @param types it is played once for each, which the title names in parentheses; without, once
 */
export function scenario(statement: string, play: Play): void;
export function scenario(statement: string, types: GuestTypes, play: Play): void;
export function scenario(statement: string, ...rest: readonly [Play] | readonly [GuestTypes, Play]): void {
  if (rest.length === 1) {
    addTest(statement, undefined, rest[0]);
    return;
  }
  const [{ gate, all = [] }, play] = rest;
  const isGate = process.env['V2X_LAB_MATRIX'] === 'gate';
  for (const type of isGate ? gate : [...gate, ...all]) addTest(`${statement} (${type})`, type, play);
}

function addTest(statement: string, type: GuestType | undefined, play: Play): void {
  it(statement, async function () {
    this.timeout(limitMs);
    const title = this.runnable().fullTitle();
    const { suite, directory, results } = lab();
    const dom0 = connectDom0(sshConfigOf(directory));
    const start = Date.now();
    const measured: Measurement[] = [];
    const scene: Scene = {
      suite,
      dom0,
      type: type ?? 'pv',
      create: (name, config) => createGuest(dom0, name, config, type),
      attach: (name) => attachGuest(dom0, name, type),
      measure: (what, value) => {
        process.stdout.write(`      ${what}: ${value}\n`);
        measured.push({ what, value });
      },
    };
    let failure = await failureOf(play, scene);
    if (failure && type === 'hvm' && (await crawls(dom0))) {
      process.stdout.write('      the emulator crawls with this guest; played once more\n');
      await cleanUp(dom0);
      measured.length = 0;
      failure = await failureOf(play, scene);
    }
    if (failure) {
      const folder = await keepLogs(suite, title, directory, dom0, failure.error);
      process.stdout.write(`      logs: ${folder}\n`);
    }
    const seconds = Math.round((Date.now() - start) / 1000);
    addRow(results, { title, ...(type && { type }), passed: !failure, seconds, measured });
    await cleanUp(dom0);
    if (failure) throw failure.error;
  });
}

async function failureOf(play: Play, scene: Scene): Promise<{ readonly error: unknown } | undefined> {
  try {
    await play(scene);
    return undefined;
  } catch (error) {
    return { error };
  }
}

/**
 * Whether dom0's clock, which goes by instructions, hardly moves although the emulator is busy. Some HVM guests
 * never leave their firmware, and then it is fifty times slower than usual. Destroying the guest ends it.
 */
async function crawls(dom0: Dom0): Promise<boolean> {
  const uptime = async (): Promise<number> => Number.parseFloat(await dom0.run('cat /proc/uptime'));
  const [start, before] = [Date.now(), await uptime()];
  await sleep(10_000);
  return (await uptime()) - before < (Date.now() - start) / 10_000;
}

/** lab.ts boots the machine, starts mocha, and tells it of both in the environment. */
function lab(): { readonly suite: Suite; readonly directory: string; readonly results: string } {
  const { V2X_LAB: suite, V2X_LAB_MACHINE: directory, V2X_LAB_RESULTS: results } = process.env;
  if (!suite || !directory || !results) throw new Error('scenarios are run by `npm run lab -- run LAB`');
  return { suite: suiteNamed(suite), directory, results };
}

/** Leaves dom0 as it was: no domains, no processes of the scenario's, no logs. */
async function cleanUp(dom0: Dom0): Promise<void> {
  await dom0.stopAll();
  await dom0.run(`
    for domid in $(xl list | awk 'NR > 1 && $2 != 0 { print $2 }'); do xl destroy "$domid"; done
    rm -rf /run/lab/* /run/virt2xen /run/pids/* /var/log/xen/console/guest-* /var/log/xen/qemu-* /var/log/xen/xl-*`);
}

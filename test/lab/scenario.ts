/**
 * A scenario: a test against a real Xen. It is a test of mocha that gets a dom0, stores its logs if it fails, and is
 * cleaned up afterwards.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { connectDom0, within, type Dom0 } from './dom0/dom0.js';
import { attachGuest, createGuest, FirmwareHangs, type Guest, type GuestType } from './guest/guest.js';
import { crashOfGuest, faultInFirmware, linesSinceNow } from './emulator-faults.js';
import { sshConfigOf } from './machine/directory.js';
import { exitLost } from './exit-lost.js';
import { keepLogs } from './logs.js';
import { addRow, rowsOf, type Measurement } from './results.js';
import { bootSecond, type SecondHost } from './second.js';
import { suiteNamed, type Suite } from './suites.js';

/** The types of guest that a scenario is run with. */
export interface GuestTypes {
  /** In every run. */
  readonly gate: readonly GuestType[];
  /** Additionally, with `--all`. */
  readonly all?: readonly GuestType[];
}

export interface Scene {
  readonly suite: Suite;
  /** `pv` if a scenario specifies no types. */
  readonly type: GuestType;
  readonly dom0: Dom0;
  /** Starts a guest of the scenario's type from an xl.cfg with `xl create`. */
  readonly create: (name: string, config: string) => Promise<Guest>;
  /** A guest that was started in another way. */
  readonly attach: (name: string) => Promise<Guest>;
  /** Boots a second host, once; it is stopped at the end of the scenario. */
  readonly bootSecond: () => Promise<SecondHost>;
  /** Adds a measured value to the report. @param value with its unit */
  readonly measure: (what: string, value: string) => void;
}

/** Generous, because it is only for what hangs. */
const limitMs = 30 * 60_000;

/** Longer than an answer of dom0 takes on a busy host. */
const [lookAfterMs, lostAfterMs] = [20_000, 150_000];

/** How often a scenario is played whose guest or machine the emulator loses. */
const attempts = 3;

/** A dom0 that does not answer has no logs to keep. */
const logsLimitMs = 120_000;

/** A run of `.ci/run`, which has little time: with the fewest types of guests, and less data. */
export const isGate = process.env['V2X_LAB_MATRIX'] === 'gate';

/** The suite of this run, for what cannot be played on one of them. */
export const suiteName = process.env['V2X_LAB'];

type Play = (scene: Scene) => Promise<void>;

/**
 * @param statement what is tested; with the names of the enclosing `describe`, it is the title in the report, and
 *   for `npm run lab -- run`
 * @param types it is run once for each, which is part of the title in parentheses; if absent, once
 */
export function scenario(statement: string, play: Play): void;
export function scenario(statement: string, types: GuestTypes, play: Play): void;
export function scenario(statement: string, ...rest: readonly [Play] | readonly [GuestTypes, Play]): void {
  if (rest.length === 1) {
    addTest(statement, undefined, rest[0]);
    return;
  }
  const [{ gate, all = [] }, play] = rest;
  for (const type of isGate ? gate : [...gate, ...all]) addTest(`${statement} (${type})`, type, play);
}

function addTest(statement: string, type: GuestType | undefined, play: Play): void {
  it(statement, async function () {
    this.timeout(limitMs);
    const title = this.runnable().fullTitle();
    const { suite, directory, results, tested } = lab();
    const dom0 = connectDom0(sshConfigOf(directory));
    const start = Date.now();
    const measured: Measurement[] = [];
    let second: SecondHost | undefined;
    const scene: Scene = {
      suite,
      dom0,
      type: type ?? 'pv',
      create: (name, config) => createGuest(dom0, name, config, type),
      attach: (name) => attachGuest(dom0, name, type),
      bootSecond: async () => (second = await bootSecond(suite, directory, dom0)),
      measure: (what, value) => {
        process.stdout.write(`      ${what}: ${value}\n`);
        measured.push({ what, value });
      },
    };
    const earlier = rowsOf(results, title);
    if (earlier.some(({ isLost }) => !isLost)) this.skip();
    const lines = linesSinceNow(directory);
    const watch = new AbortController();
    const failure = await Promise.race([
      failureOf(play, scene, lines),
      loss(() => [dom0, ...(second ? [second.dom0] : [])], lines, watch.signal),
    ]);
    watch.abort();
    if (failure) {
      const kept = keepLogs(suite, title, directory, dom0, failure.error);
      if (await within(logsLimitMs, kept)) process.stdout.write(`      logs: ${await kept}\n`);
    }
    if (failure?.isLoss) {
      process.stdout.write(`      lost: ${String(failure.error)}\n`);
      const isLost = earlier.length + 1 < attempts;
      const seconds = Math.round((Date.now() - start) / 1000);
      addRow(results, { title, ...(type && { type }), passed: false, seconds, measured, tested, isLost });
      process.exit(exitLost);
    }
    if (failure && second) {
      await keepLogs(suite, `second ${title}`, second.directory, second.dom0, failure.error);
    }
    await second?.[Symbol.asyncDispose]();
    const seconds = Math.round((Date.now() - start) / 1000);
    addRow(results, { title, ...(type && { type }), passed: !failure, seconds, measured, tested });
    await cleanUp(dom0);
    if (failure) throw failure.error;
  });
}

interface Failure {
  readonly error: unknown;
  /** Whether this machine can no longer be used. */
  readonly isLoss: boolean;
}

/** @param lines what Xen has logged */
async function failureOf(
  play: Play,
  scene: Scene,
  lines: () => readonly string[],
): Promise<Failure | undefined> {
  try {
    await play(scene);
    return undefined;
  } catch (error) {
    if (error instanceof FirmwareHangs) return { error, isLoss: true };
    const crash =
      scene.type === 'pv' ? undefined : await crashOfGuest(lines(), scene.dom0).catch(() => undefined);
    if (crash === undefined) return { error, isLoss: false };
    return { error: new Error(`the guest has crashed: ${crash}`, { cause: error }), isLoss: true };
  }
}

/**
 * Resolves when the firmware of a guest executes what is no code (emulator-faults.ts), or the dom0 of a host no longer
 * answers: a guest that handles one interrupt after another writes its stack to the page that is executed. QEMU
 * translates that page again each time, a thousand times slower than usual, so that dom0 gets little processor time.
 */
async function loss(
  hosts: () => readonly Dom0[],
  lines: () => readonly string[],
  signal: AbortSignal,
): Promise<Failure> {
  for (;;) {
    await sleep(lookAfterMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return new Promise(() => undefined);
    const fault = faultInFirmware(lines());
    if (fault !== undefined) return { error: new Error(`the firmware of a guest: ${fault}`), isLoss: true };
    const answers = hosts().map((dom0) => dom0.attempt('true', { limitMs }).catch(() => undefined));
    if (await within(lostAfterMs, Promise.all(answers))) continue;
    return { error: new Error(`dom0 does not answer within ${lostAfterMs / 1000} s`), isLoss: true };
  }
}

/** lab.ts boots the machine and starts mocha, with the directory and suite in the environment. */
function lab(): Readonly<{ suite: Suite; directory: string; results: string; tested: string }> {
  const { V2X_LAB: suite, V2X_LAB_MACHINE: directory, V2X_LAB_RESULTS: results } = process.env;
  const { V2X_LAB_TESTED: tested } = process.env;
  if (!suite || !directory || !results || !tested)
    throw new Error('scenarios are run by `npm run lab -- run LAB`');
  return { suite: suiteNamed(suite), directory, results, tested };
}

/** Cleans up dom0: domains, processes of the scenario, logs. */
async function cleanUp(dom0: Dom0): Promise<void> {
  await dom0.stopAll();
  await dom0.run(`
    for domid in $(xl list | awk 'NR > 1 && $2 != 0 { print $2 }'); do xl destroy "$domid"; done
    rm -rf /run/lab/* /run/virt2xen /run/pids/* /var/log/xen/console/guest-* /var/log/xen/qemu-* /var/log/xen/xl-*`);
}

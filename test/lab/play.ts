/** Runs scenarios in a process of mocha, on a machine that is up. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { exitLost } from './exit-lost.js';
import { readRows, treeNow } from './results.js';
import type { Suite } from './suites.js';

/** The scenarios with the types of guest of a normal run, or with all types. */
export type Matrix = 'gate' | 'all';

interface PlayOptions {
  /** The prefix of each line of the output. */
  readonly prefix?: string;
  readonly matrix?: Matrix;
  readonly tested?: string;
}

/**
 * A failure sets the exit status.
 * @param titles parts of scenario titles; all scenarios if empty
 * @param results a file; scenarios that it already contains are not run again
 * @returns the exit status of mocha, or `exitLost`
 */
export async function play(
  suite: Suite,
  directory: string,
  titles: readonly string[],
  results: string,
  { prefix, matrix = 'all', tested = treeNow() }: PlayOptions = {},
): Promise<number> {
  const environment = environmentOf(suite, matrix, { directory, results, tested });
  const earlier = readRows(results).length;
  const status = await runHere('npx', mochaWith(titles), environment, prefix);
  const isPlayed = readRows(results).length > earlier;
  if (!isPlayed && status !== exitLost) process.stdout.write('No scenario was played.\n');
  if (status !== exitLost && (status !== 0 || !isPlayed)) process.exitCode = 1;
  return status;
}

/** The titles of the scenarios, which are not run. */
export function titlesOf(suite: Suite, titles: readonly string[], matrix: Matrix): readonly string[] {
  const none = { directory: 'none', results: 'none', tested: 'none' };
  const env = { ...process.env, ...environmentOf(suite, matrix, none) };
  const output = execFileSync('npx', [...mochaWith(titles), '--dry-run', '--reporter', 'json'], { env });
  const { tests } = JSON.parse(output.toString()) as {
    readonly tests: readonly { readonly fullTitle: string }[];
  };
  return tests.map(({ fullTitle }) => fullTitle);
}

function mochaWith(titles: readonly string[]): readonly string[] {
  const chosen = titles.map((title) => title.replaceAll(/[^\w ]/g, '\\$&')).join('|');
  return ['mocha', '--config', '.ci/mocha-lab.json', '--grep', chosen];
}

/** What scenario.ts reads. */
const environmentOf = (
  suite: Suite,
  matrix: Matrix,
  {
    directory,
    results,
    tested,
  }: { readonly directory: string; readonly results: string; readonly tested: string },
): NodeJS.ProcessEnv => ({
  V2X_LAB: suite.name,
  V2X_LAB_MACHINE: directory,
  V2X_LAB_RESULTS: results,
  V2X_LAB_MATRIX: matrix,
  V2X_LAB_TESTED: tested,
});

/** Runs a program in this terminal, or with a prefix before its lines. @returns its exit status */
export async function runHere(
  program: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  prefix?: string,
): Promise<number> {
  const output = prefix === undefined ? 'inherit' : 'pipe';
  const env = { ...process.env, ...environment };
  const child = spawn(program, args, { stdio: ['inherit', output, 'inherit'], env });
  if (child.stdout) {
    createInterface(child.stdout).on('line', (line) => process.stdout.write(`${prefix}: ${line}\n`));
  }
  const [status] = (await once(child, 'close')) as [number | null];
  return status ?? 1;
}

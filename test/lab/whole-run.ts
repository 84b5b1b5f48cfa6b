/** `npm run test:lab`: the scenarios on both labs, and the report. */
import { inspect } from 'node:util';
import { exitLost } from './exit-lost.js';
import { imageOf } from './image/image.js';
import { forgetLogs } from './logs.js';
import { boot } from './machine/machine.js';
import { installProgram, packProgram } from './machine/program.js';
import { play, titlesOf, type Matrix } from './play.js';
import { closingLine, writeReport } from './report.js';
import {
  keepFacts,
  keptResult,
  keptResults,
  passingResults,
  planOfSystemVm,
  readRows,
  treeNow,
  versionsIn,
  type Row,
} from './results.js';
import { suites, type Suite } from './suites.js';

const say = (message: string): void => void process.stdout.write(`${message}\n`);

export interface Choice {
  /** With `all`, results are kept, and the report is written. */
  readonly matrix: Matrix;
  /** Absent for both labs. */
  readonly only: Suite | undefined;
  /** Parts of titles; all scenarios if empty. */
  readonly titles: readonly string[];
  /** Only the scenarios without a kept result that they passed. */
  readonly isMissing: boolean;
}

/** Runs both labs in parallel: each uses one processor of the host, and often waits. */
export async function test(choice: Choice): Promise<void> {
  const program = packProgram();
  const tested = treeNow();
  const played = choice.only ? [choice.only] : suites;
  const outcomes = await Promise.allSettled(played.map((suite) => testOn(suite, program, tested, choice)));
  const rows = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []));
  for (const outcome of outcomes) if (outcome.status === 'rejected') say(inspect(outcome.reason));
  const absent = outcomes.filter(({ status }) => status === 'rejected').length;
  if (absent > 0 || rows.some(({ passed }) => !passed)) process.exitCode = 1;
  if (choice.matrix === 'all') await writeKeptReport();
  say(closingLine(rows, absent));
}

/** Writes docs/lab-report.md from the kept results. */
export const writeKeptReport = (): Promise<void> =>
  writeReport(
    'docs/lab-report.md',
    suites.flatMap((suite) => keptResult(suite) ?? []),
  );

/** @returns the results of the scenarios that were played */
async function testOn(
  suite: Suite,
  program: Buffer,
  tested: string,
  choice: Choice,
): Promise<readonly Row[]> {
  const { matrix, titles } = choice;
  const chosen = titlesOf(suite, titles, matrix);
  using results = resultsFor(suite, choice, chosen);
  const kept = readRows(results.file).map(({ title }) => title);
  if (chosen.every((title) => kept.includes(title))) {
    say(`${suite.name}: there is nothing to play`);
    if (chosen.length === 0) process.exitCode = 1;
    return [];
  }
  forgetLogs(suite);
  await imageOf(suite);
  let isFirst = true;
  for (;;) {
    const start = Date.now();
    await using machine = await boot(suite, say);
    const bootSeconds = Math.round((Date.now() - start) / 1000);
    await installProgram(machine.dom0, program);
    say(`${suite.name}: booted in ${bootSeconds} s`);
    if (isFirst && matrix === 'all') {
      const [versions, plan] = [await versionsIn(machine.dom0), await planOfSystemVm(machine.dom0)];
      keepFacts(suite, { versions, bootSeconds, plan });
    }
    isFirst = false;
    const options = { prefix: suite.name, matrix, tested };
    const status = await play(suite, machine.directory, titles, results.file, options);
    if (status !== exitLost) return readRows(results.file).slice(kept.length);
    say(`${suite.name}: the machine is lost; the rest is played on another one`);
  }
}

/** The results are added to those of the scenarios that still exist and are not to be played again. */
function resultsFor(
  suite: Suite,
  { matrix, isMissing }: Choice,
  chosen: readonly string[],
): ReturnType<typeof keptResults> {
  if (matrix === 'gate') return passingResults();
  const existing = titlesOf(suite, [], matrix);
  return keptResults(
    suite,
    ({ title, passed }) => existing.includes(title) && (!chosen.includes(title) || (isMissing && passed)),
  );
}

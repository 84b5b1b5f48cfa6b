/** `npm run lab -- COMMAND` and `npm run test:lab`, see README.md. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { inspect } from 'node:util';
import yargs from 'yargs';
import { connectDom0 } from './dom0/dom0.js';
import { imageOf } from './image/image.js';
import { sshConfigOf } from './machine/directory.js';
import { boot } from './machine/machine.js';
import { installProgram, packProgram } from './machine/program.js';
import { announceRunning, findRunning } from './machine/running.js';
import { forgetLogs, keepResult, lastResult } from './logs.js';
import {
  closingLine,
  planOfSystemVm,
  readRows,
  treeNow,
  versionsIn,
  writeReport,
  type LabResult,
} from './report.js';
import { exitLost } from './exit-lost.js';
import { suiteNamed, suites, type Suite } from './suites.js';

const say = (message: string): void => void process.stdout.write(`${message}\n`);

/** Runs the scenarios with the types of guest of a normal run, or with all types, as for the report. */
type Matrix = 'gate' | 'all';

/**
 * Runs all scenarios on both labs in parallel, and writes the report: each lab uses one processor of the host, and
 * often waits.
 * @param only runs only this lab; the report contains the last complete run of the other
 */
async function test(matrix: Matrix, only?: Suite): Promise<void> {
  const program = packProgram();
  const played = only ? [only] : suites;
  const outcomes = await Promise.allSettled(played.map((suite) => testOn(suite, program, matrix)));
  const results = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  for (const outcome of outcomes) if (outcome.status === 'rejected') say(inspect(outcome.reason));
  const absent = played.length - results.length;
  if (absent > 0) process.exitCode = 1;
  if (absent === 0 && matrix === 'all') {
    for (const result of results) keepResult(result);
    await writeReport(
      'docs/lab-report.md',
      suites.flatMap((suite) => lastResult(suite) ?? []),
    );
  }
  say(
    closingLine(
      results.flatMap(({ rows }) => rows),
      absent,
    ),
  );
}

async function testOn(suite: Suite, program: Buffer, matrix: Matrix): Promise<LabResult> {
  forgetLogs(suite);
  await imageOf(suite);
  using results = newResults();
  let facts: Omit<LabResult, 'rows'> | undefined;
  for (;;) {
    const start = Date.now();
    await using machine = await boot(suite, say);
    const bootSeconds = Math.round((Date.now() - start) / 1000);
    await installProgram(machine.dom0, program);
    say(`${suite.name}: booted in ${bootSeconds} s`);
    facts ??= {
      suite,
      tree: treeNow(),
      versions: await versionsIn(machine.dom0),
      bootSeconds,
      plan: await planOfSystemVm(machine.dom0),
    };
    const status = await play(suite, machine.directory, [], results.file, { prefix: suite.name, matrix });
    if (status !== exitLost) {
      const rows = readRows(results.file);
      if (rows.some(({ passed }) => !passed)) process.exitCode = 1;
      return { ...facts, rows };
    }
    say(`${suite.name}: the machine is lost; the rest is played on another one`);
  }
}

/** @param titles parts of scenario titles; all scenarios if empty */
async function run(suite: Suite, titles: readonly string[]): Promise<void> {
  await using lab = await runningOrBooted(suite);
  using results = newResults();
  const status = await play(suite, lab.directory, titles, results.file);
  if (status === exitLost) say('the machine is lost; start the lab again');
}

/** Runs a shell or a command in dom0. */
async function shell(suite: Suite, command: readonly string[]): Promise<void> {
  await using lab = await runningOrBooted(suite);
  const terminal = process.stdin.isTTY ? ['-t'] : [];
  const login = command.length > 0 ? command.join(' ') : 'cd /run/lab; exec bash -i';
  process.exitCode = await runHere('ssh', ['-F', sshConfigOf(lab.directory), ...terminal, 'dom0', login]);
}

/** Keeps a lab running until it is interrupted or dom0 powers off. */
async function start(suite: Suite): Promise<void> {
  await using machine = await boot(suite, say);
  await installProgram(machine.dom0, packProgram());
  const withdraw = announceRunning(suite, machine.directory);
  const config = sshConfigOf(machine.directory);
  say(`${suite.name} is up, until you press Control-C. In another terminal:
  npm run lab -- shell ${suite.name}
  npm run lab -- run ${suite.name}
  ssh -F ${config} dom0
  scp -F ${config} FILE dom0:/tmp`);
  await Promise.race([machine.ended, once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  withdraw();
}

interface Lab extends AsyncDisposable {
  readonly directory: string;
}

/** Uses a running lab or boots one, with the current program. */
async function runningOrBooted(suite: Suite): Promise<Lab> {
  const program = packProgram();
  const running = await findRunning(suite);
  if (running !== undefined) {
    say(`using the ${suite.name} that runs`);
    await installProgram(connectDom0(sshConfigOf(running)), program);
    return { directory: running, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  say(`booting ${suite.name}`);
  const machine = await boot(suite, say);
  await installProgram(machine.dom0, program);
  return machine;
}

interface PlayOptions {
  /** The prefix of each line of the output. */
  readonly prefix?: string;
  readonly matrix?: Matrix;
}

/** A file for the results of the scenarios of a run, one line each. */
function newResults(): Disposable & { readonly file: string } {
  const folder = mkdtempSync(join(tmpdir(), 'virt2xen-lab-results-'));
  const file = join(folder, 'rows');
  writeFileSync(file, '');
  return {
    file,
    [Symbol.dispose]: () => {
      rmSync(folder, { recursive: true });
    },
  };
}

/**
 * Runs scenarios in a process of mocha; a failure sets the exit status.
 * @param results a file; scenarios that it already contains are not run again
 * @returns the exit status of mocha, or `exitLost`
 */
async function play(
  suite: Suite,
  directory: string,
  titles: readonly string[],
  results: string,
  { prefix, matrix = 'all' }: PlayOptions = {},
): Promise<number> {
  const chosen = titles.map((title) => title.replaceAll(/[^\w ]/g, '\\$&')).join('|');
  const mocha = ['mocha', '--config', '.ci/mocha-lab.json', '--grep', chosen];
  const environment = {
    V2X_LAB: suite.name,
    V2X_LAB_MACHINE: directory,
    V2X_LAB_RESULTS: results,
    V2X_LAB_MATRIX: matrix,
  };
  const status = await runHere('npx', mocha, environment, prefix);
  const isPlayed = readRows(results).length > 0;
  if (!isPlayed && status !== exitLost) say('No scenario was played.');
  if (status !== exitLost && (status !== 0 || !isPlayed)) process.exitCode = 1;
  return status;
}

/** Runs a program in this terminal, or with a prefix before its lines. @returns its exit status */
async function runHere(
  program: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  prefix?: string,
): Promise<number> {
  const output = prefix === undefined ? 'inherit' : 'pipe';
  const env = { ...process.env, ...environment };
  const child = spawn(program, args, { stdio: ['inherit', output, 'inherit'], env });
  if (child.stdout) createInterface(child.stdout).on('line', (line) => say(`${prefix}: ${line}`));
  const [status] = (await once(child, 'close')) as [number | null];
  return status ?? 1;
}

const lab = {
  describe: 'bookworm or trixie',
  type: 'string',
  demandOption: true,
  coerce: suiteNamed,
} as const;

await yargs(process.argv.slice(2))
  .scriptName('npm run lab --')
  .command(
    'test',
    'Play all scenarios on both labs',
    (command) =>
      command
        .option('all', {
          describe: 'With every type of guest, and write docs/lab-report.md',
          type: 'boolean',
          default: false,
        })
        .option('only', {
          describe: 'Play one lab; the report has the last whole run of the other',
          type: 'string',
          coerce: (name?: string) => (name === undefined ? undefined : suiteNamed(name)),
        }),
    (args) => test(args.all ? 'all' : 'gate', args.only),
  )
  .command(
    'run <lab> [titles..]',
    'Play the scenarios whose titles contain one of these; all without',
    (command) =>
      command.positional('lab', lab).positional('titles', { type: 'string', array: true, default: [] }),
    (args) => run(args.lab, args.titles),
  )
  .command(
    'shell <lab> [command..]',
    'A shell in dom0, or a command there',
    (command) =>
      command.positional('lab', lab).positional('command', { type: 'string', array: true, default: [] }),
    (args) => shell(args.lab, args.command),
  )
  .command(
    'start <lab>',
    'Keep a lab up: `run` and `shell` use it, and need not boot one',
    (command) => command.positional('lab', lab),
    (args) => start(args.lab),
  )
  .command(
    'build <lab>',
    'Build the image of a lab, and print where it is',
    (command) => command.positional('lab', lab),
    async (args) => say((await imageOf(args.lab)).dom0),
  )
  .demandCommand(1)
  .strict()
  .locale('en')
  .parseAsync();

/** `npm run lab -- COMMAND`, and `npm run test:lab`. The README tells how they are used. */
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
import { forgetLogs } from './logs.js';
import {
  closingLine,
  planOfSystemVm,
  readRows,
  treeNow,
  versionsIn,
  writeReport,
  type LabResult,
} from './report.js';
import { suiteNamed, suites, type Suite } from './suites.js';

const say = (message: string): void => void process.stdout.write(`${message}\n`);

/** The scenarios with the types of guest that the gate has; or with all, which is what the report is of. */
type Matrix = 'gate' | 'all';

/**
 * Plays all scenarios on both labs, and writes the report. Both at once: each emulates on one
 * processor of the host, and waits much of the time.
 */
async function test(matrix: Matrix): Promise<void> {
  const tree = treeNow();
  const program = packProgram();
  const outcomes = await Promise.allSettled(suites.map((suite) => testOn(suite, program, matrix)));
  const results = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  for (const outcome of outcomes) if (outcome.status === 'rejected') say(inspect(outcome.reason));
  const isWhole = results.length === suites.length;
  if (isWhole && matrix === 'all') await writeReport('docs/lab-report.md', results, tree);
  if (!isWhole) process.exitCode = 1;
  say(
    closingLine(
      results.flatMap(({ rows }) => rows),
      suites.length - results.length,
    ),
  );
}

async function testOn(suite: Suite, program: Buffer, matrix: Matrix): Promise<LabResult> {
  forgetLogs(suite);
  await imageOf(suite);
  const start = Date.now();
  await using machine = await boot(suite, say);
  const bootSeconds = Math.round((Date.now() - start) / 1000);
  await installProgram(machine.dom0, program);
  const [versions, plan] = [await versionsIn(machine.dom0), await planOfSystemVm(machine.dom0)];
  say(`${suite.name}: booted in ${bootSeconds} s`);
  const rows = await play(suite, machine.directory, [], { prefix: suite.name, matrix });
  return { suite, versions, bootSeconds, rows, plan };
}

/** @param titles part of a scenario's title, or several; all scenarios where there is none */
async function run(suite: Suite, titles: readonly string[]): Promise<void> {
  await using lab = await runningOrBooted(suite);
  await play(suite, lab.directory, titles);
}

/** A shell in dom0; or one command. */
async function shell(suite: Suite, command: readonly string[]): Promise<void> {
  await using lab = await runningOrBooted(suite);
  const terminal = process.stdin.isTTY ? ['-t'] : [];
  const login = command.length > 0 ? command.join(' ') : 'cd /run/lab; exec bash -i';
  process.exitCode = await runHere('ssh', ['-F', sshConfigOf(lab.directory), ...terminal, 'dom0', login]);
}

/** Keeps a lab up until it is interrupted, or dom0 powers off. */
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

/** With the program of now, either way. */
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
  /** Stands before each line of the output. */
  readonly prefix?: string;
  readonly matrix?: Matrix;
}

/** Plays scenarios in a process of mocha's; a failure sets the exit status. */
async function play(
  suite: Suite,
  directory: string,
  titles: readonly string[],
  { prefix, matrix = 'all' }: PlayOptions = {},
): Promise<LabResult['rows']> {
  const folder = mkdtempSync(join(tmpdir(), 'virt2xen-lab-results-'));
  const results = join(folder, 'rows');
  writeFileSync(results, '');
  const chosen = titles.map((title) => title.replaceAll(/[^\w ]/g, '\\$&')).join('|');
  const mocha = ['mocha', '--config', '.ci/mocha-lab.json', '--grep', chosen];
  const environment = {
    V2X_LAB: suite.name,
    V2X_LAB_MACHINE: directory,
    V2X_LAB_RESULTS: results,
    V2X_LAB_MATRIX: matrix,
  };
  const status = await runHere('npx', mocha, environment, prefix);
  const rows = readRows(results);
  rmSync(folder, { recursive: true });
  if (rows.length === 0) say('No scenario was played.');
  if (status !== 0 || rows.length === 0) process.exitCode = 1;
  return rows;
}

/** @returns the exit status of a program that shares this one's terminal, or whose lines have a prefix */
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
      command.option('all', {
        describe: 'With every type of guest, and write docs/lab-report.md',
        type: 'boolean',
        default: false,
      }),
    (args) => test(args.all ? 'all' : 'gate'),
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

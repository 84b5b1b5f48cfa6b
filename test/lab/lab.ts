/** `npm run lab -- COMMAND` and `npm run test:lab`, see README.md. */
import { once } from 'node:events';
import yargs from 'yargs';
import { connectDom0 } from './dom0/dom0.js';
import { imageOf } from './image/image.js';
import { sshConfigOf } from './machine/directory.js';
import { boot } from './machine/machine.js';
import { installProgram, packProgram } from './machine/program.js';
import { announceRunning, findRunning } from './machine/running.js';
import { exitLost } from './exit-lost.js';
import { play, runHere } from './play.js';
import { passingResults } from './results.js';
import { suiteNamed, type Suite } from './suites.js';
import { test, writeKeptReport } from './whole-run.js';

const say = (message: string): void => void process.stdout.write(`${message}\n`);

/** @param titles parts of scenario titles; all scenarios if empty */
async function run(suite: Suite, titles: readonly string[]): Promise<void> {
  await using lab = await runningOrBooted(suite);
  using results = passingResults();
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

const lab = {
  describe: 'bookworm or trixie',
  type: 'string',
  demandOption: true,
  coerce: suiteNamed,
} as const;

await yargs(process.argv.slice(2))
  .scriptName('npm run lab --')
  .command(
    'test [titles..]',
    'Play the scenarios on both labs; with titles, those that contain one of these',
    (command) =>
      command
        .positional('titles', { type: 'string', array: true, default: [] })
        .option('all', {
          describe: 'With every type of guest; keep the results, and write docs/lab-report.md',
          type: 'boolean',
          default: false,
        })
        .option('missing', {
          describe: 'With --all: only the scenarios without a kept result that they passed',
          type: 'boolean',
          default: false,
        })
        .option('only', {
          describe: 'Play one lab',
          type: 'string',
          coerce: (name?: string) => (name === undefined ? undefined : suiteNamed(name)),
        })
        .check(({ all, missing }) => {
          if (missing && !all) throw new Error('--missing requires --all: other runs keep no results.');
          return true;
        }),
    ({ all, missing, only, titles }) =>
      test({ matrix: all ? 'all' : 'gate', only, titles, isMissing: missing }),
  )
  .command('report', 'Write docs/lab-report.md from the kept results', {}, writeKeptReport)
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

import yargs, { type Argv } from 'yargs';
import packageJson from '../package.json' with { type: 'json' };
import { adapt } from './commands/adapt.js';
import { agent } from './commands/agent.js';
import { attach } from './commands/attach.js';
import { check } from './commands/check.js';
import { config } from './commands/config.js';
import { convert } from './commands/convert.js';
import { daemon } from './commands/daemon.js';
import { detach } from './commands/detach.js';
import { doctor } from './commands/doctor.js';
import { events } from './commands/events.js';
import { guestKit } from './commands/guest-kit.js';
import { hook } from './commands/hook.js';
import { list } from './commands/list.js';
import { plan } from './commands/plan.js';
import { receive } from './commands/receive.js';
import { send } from './commands/send.js';
import { restoreConfig } from './commands/restore-config.js';
import { status } from './commands/status.js';
import { wait } from './commands/wait.js';
import { exitCodes } from './exit-codes.js';
import { dash } from './files.js';
import { print, printError } from './terminal.js';

/** Adds the commands and their help; the man pages and completions in packaging/ are generated from it, too. */
export function describeProgram(parser: Argv): Argv {
  return parser
    .scriptName('virt2xen')
    .usage('$0 COMMAND\n\nConverts between libvirt domain XML and Xen xl.cfg, including channels.')
    .command(convert)
    .command(check)
    .command(plan)
    .command(attach)
    .command(detach)
    .command(daemon)
    .command(events)
    .command(list)
    .command(status)
    .command(restoreConfig)
    .command(wait)
    .command(doctor)
    .command(config)
    .command(agent)
    .command(send)
    .command(receive)
    .command(adapt)
    .command(hook)
    .command(guestKit)
    .completion('completion', 'Print a completion script for bash or zsh')
    .demandCommand(1, 'no command given')
    .strict()
    .locale('en')
    .version(packageJson.version)
    .alias({ help: 'h' })
    .wrap(100)
    .epilogue(
      'Exit status: 0 success, 1 document not convertible or condition not met, 2 usage error, 3 environment error (file, xenstore, QEMU).',
    );
}

/** Runs the command line; sets `process.exitCode`, and never throws. */
export async function run(args: readonly string[]): Promise<void> {
  // yargs drops a `-` in a list of files.
  const parser = describeProgram(yargs(args.map((arg) => (arg === '-' ? dash : arg))))
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      throw error ?? new UsageError(message ?? 'usage error');
    });
  try {
    await parser.parseAsync();
  } catch (error) {
    // Commands report their own errors; this one is in the arguments.
    printError(error);
    print('stderr', 'Run virt2xen --help for usage.\n');
    process.exitCode = exitCodes.usage;
  }
}

class UsageError extends Error {}

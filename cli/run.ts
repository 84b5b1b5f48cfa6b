import yargs, { type Argv, type CommandModule } from 'yargs';
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
import { metrics } from './commands/metrics.js';
import { plan } from './commands/plan.js';
import { receive } from './commands/receive.js';
import { send } from './commands/send.js';
import { restoreConfig } from './commands/restore-config.js';
import { status } from './commands/status.js';
import { wait } from './commands/wait.js';
import { web } from './commands/web.js';
import { exitCodes } from './exit-codes.js';
import { dash } from './files.js';
import { print, printError } from './terminal.js';

const commands = [
  convert,
  check,
  plan,
  attach,
  detach,
  daemon,
  events,
  metrics,
  list,
  status,
  restoreConfig,
  wait,
  doctor,
  config,
  agent,
  send,
  receive,
  adapt,
  hook,
  guestKit,
  web,
] as const;

/** The first word of a command, as `list` of `list [domain]`. */
const nameOf = ({ command }: (typeof commands)[number]): string => String(command).split(' ')[0] ?? '';

/**
 * Adds the commands and their help; the man pages and completions in packaging/ are generated from it, too.
 * @param name of the only command to add; absent, or of none: all are added
 */
export function describeProgram(parser: Argv, name?: string): Argv {
  const named = commands.filter((command) => nameOf(command) === name);
  for (const command of named.length > 0 ? named : commands) parser.command(command as CommandModule);
  return parser
    .scriptName('virt2xen')
    .usage('$0 COMMAND\n\nConverts between libvirt domain XML and Xen xl.cfg, including channels.')
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
  const words = args.map((arg) => (arg === '-' ? dash : arg));
  const parser = describeProgram(yargs(words), args[0])
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

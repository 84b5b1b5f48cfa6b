import yargs from 'yargs';
import packageJson from '../package.json' with { type: 'json' };
import { adapt } from './commands/adapt.js';
import { attach } from './commands/attach.js';
import { check } from './commands/check.js';
import { convert } from './commands/convert.js';
import { detach } from './commands/detach.js';
import { doctor } from './commands/doctor.js';
import { guestKit } from './commands/guest-kit.js';
import { hook } from './commands/hook.js';
import { list } from './commands/list.js';
import { plan } from './commands/plan.js';
import { status } from './commands/status.js';
import { wait } from './commands/wait.js';
import { exitCodes } from './exit-codes.js';
import { dash } from './files.js';
import { print } from './terminal.js';

/** Runs the command line; sets `process.exitCode`, and never throws. */
export async function run(args: readonly string[]): Promise<void> {
  // yargs drops a `-` among the files.
  const parser = yargs(args.map((arg) => (arg === '-' ? dash : arg)))
    .scriptName('virt2xen')
    .usage('$0 COMMAND\n\nTranslates between libvirt domain XML and Xen xl.cfg, channels first.')
    .command(convert)
    .command(check)
    .command(plan)
    .command(attach)
    .command(detach)
    .command(list)
    .command(status)
    .command(wait)
    .command(doctor)
    .command(adapt)
    .command(hook)
    .command(guestKit)
    .completion('completion', 'Print a script for the completion of commands by bash or zsh')
    .demandCommand(1, 'Which command? virt2xen --help lists them.')
    .strict()
    .locale('en')
    .version(packageJson.version)
    .alias({ help: 'h' })
    .wrap(100)
    .epilogue(
      'Exit status: 0 done, 1 the document cannot be converted, or what was asked is not so, 2 wrong usage, 3 the environment failed.',
    )
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      throw error ?? new UsageError(message ?? 'wrong usage');
    });
  try {
    await parser.parseAsync();
  } catch (error) {
    // A command reports for itself: what comes here was found in the arguments.
    const message = error instanceof Error ? error.message : String(error);
    print('stderr', `virt2xen: ${message}\nTry virt2xen --help.\n`);
    process.exitCode = exitCodes.usage;
  }
}

class UsageError extends Error {}

import yargs from 'yargs';
import packageJson from '../package.json' with { type: 'json' };
import { check } from './commands/check.js';
import { convert } from './commands/convert.js';
import { exitCodes } from './exit-codes.js';
import { print } from './terminal.js';

/** Runs the command line; sets `process.exitCode`, and never throws. */
export async function run(args: readonly string[]): Promise<void> {
  const parser = yargs(args)
    .scriptName('virt2xen')
    .usage('$0 COMMAND\n\nTranslates between libvirt domain XML and Xen xl.cfg, channels first.')
    .command(convert)
    .command(check)
    .completion('completion', 'Print a script for the completion of commands by bash or zsh')
    .demandCommand(1, 'Which command? virt2xen --help lists them.')
    .strict()
    .locale('en')
    .version(packageJson.version)
    .alias({ help: 'h' })
    .wrap(100)
    .epilogue(
      'Exit status: 0 done, 1 the document cannot be converted, 2 wrong usage, 3 the environment failed.',
    )
    .exitProcess(false)
    .fail((message, error: Error | undefined) => {
      throw error ?? new UsageError(message);
    });
  try {
    await parser.parseAsync();
  } catch (error) {
    // yargs has its own error type for what is wrong with the arguments.
    const isUsage = error instanceof UsageError || (error instanceof Error && error.name === 'YError');
    const message = error instanceof Error ? error.message : String(error);
    print('stderr', `virt2xen: ${message}\n${isUsage ? 'Try virt2xen --help.\n' : ''}`);
    process.exitCode = isUsage ? exitCodes.usage : exitCodes.environment;
  }
}

class UsageError extends Error {}

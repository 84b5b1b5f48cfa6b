import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { hookManagers } from '../hook-files.js';
import { once } from './options.js';
import { report } from './report.js';

function builder<T>(yargs: Argv<T>) {
  return yargs
    .positional('action', {
      describe: 'What to do; a manager that runs the hook gives its own name here',
      choices: ['install', 'uninstall'] as const,
      demandOption: true,
    })
    .positional('manager', {
      describe: 'Whose hook',
      choices: hookManagers,
      demandOption: true,
    })
    .option('root', { describe: 'Install below this directory', type: 'string', coerce: once<string> })
    .option('command', {
      describe: 'What the hook is to call; this program if not given',
      type: 'string',
      coerce: once<string>,
    })
    .option('groovy', {
      describe: 'CloudStack: a Groovy script, for agents without shell hooks',
      type: 'boolean',
      default: false,
    })
    .example('$0 hook install vdsm', 'Adapt each guest that VDSM starts on this host')
    .example('$0 hook uninstall vdsm', 'Take it back')
    .epilogue('A manager calls virt2xen hook vdsm, cloudstack, libvirt or kubevirt: docs/hooks.md.');
}

type HookArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen hook install` and `uninstall`; what managers call never comes here (launch.ts). */
export const hook: CommandModule<object, HookArguments> = {
  command: ['hook <action> <manager>'],
  describe: 'Install the hook of a manager, or take it back',
  builder: builder,
  handler: async (args) => {
    const { installHook, uninstallHook } = await import('../hook-files.js');
    await report(() => Promise.resolve(args.action === 'install' ? installHook(args) : uninstallHook(args)));
  },
};

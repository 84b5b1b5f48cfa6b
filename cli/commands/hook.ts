import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { hookManagers } from '../hook-files.js';
import { once } from './options.js';
import { report } from '../report.js';

function builder<T>(yargs: Argv<T>) {
  return yargs
    .positional('action', {
      describe: 'Action; when a manager runs the hook, this is its name',
      choices: ['install', 'uninstall'] as const,
      demandOption: true,
    })
    .positional('manager', {
      describe: 'Manager to install the hook for',
      choices: hookManagers,
      demandOption: true,
    })
    .option('root', {
      describe: 'Install below this directory (default: /)',
      type: 'string',
      coerce: once<string>,
    })
    .option('command', {
      describe: 'Command that the hook runs (default: this program)',
      type: 'string',
      coerce: once<string>,
    })
    .option('groovy', {
      describe: 'CloudStack: install a Groovy script, for agents that do not support shell hooks',
      type: 'boolean',
      default: false,
    })
    .example('$0 hook install vdsm', 'Adapt every guest that VDSM starts on this host')
    .example('$0 hook uninstall vdsm', 'Uninstall the hook')
    .epilogue('The managers run virt2xen hook vdsm, cloudstack, libvirt or kubevirt; see docs/hooks.md.');
}

type HookArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen hook install` and `uninstall`; calls by managers are handled in launch.ts. */
export const hook: CommandModule<object, HookArguments> = {
  command: ['hook <action> <manager>'],
  describe: "Install or uninstall a manager's hook",
  builder: builder,
  handler: async (args) => {
    const { installHook, uninstallHook } = await import('../hook-files.js');
    await report(() => Promise.resolve(args.action === 'install' ? installHook(args) : uninstallHook(args)));
  },
};

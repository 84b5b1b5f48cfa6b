import type { Argv, CommandModule } from 'yargs';

/** `virt2xen agent`, for the list of commands: cli/launch.ts starts it without yargs. */
export const agent: CommandModule<object, { readonly words?: readonly string[] }> = {
  command: 'agent [words..]',
  describe: 'Talk to the guest agent of a domain, or at a socket',
  builder: (yargs: Argv) => yargs.strict(false).help(false).version(false),
  handler: async () => {
    await import('../agent-main.js');
  },
};

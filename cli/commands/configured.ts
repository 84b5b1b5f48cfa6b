import { withSettings, type ConfigurableArguments, type Configured } from '../config/apply.js';
import { ConfigError, hostSettings } from '../config/file.js';
import type { SettingName } from '../config/settings.js';
import { exitCodes } from '../exit-codes.js';
import { print } from '../terminal.js';
import { report } from '../report.js';

/** The settings of the commands that convert. */
export const conversionSettings: readonly SettingName[] = [
  'xen',
  'libvirt',
  'network',
  'userBridge',
  'pool',
  'transport',
  'sparePorts',
  'drop',
];

/** The settings of adapt: its XML is not for a release of Xen. */
export const adaptSettings = conversionSettings.filter((name) => name !== 'xen');

/** The settings of the commands that attach channels. */
export const channelSettings: readonly SettingName[] = ['transport', 'socketMode', 'socketOwner'];

/**
 * Runs a command with what the configuration file of this host sets for it. A file with an error is reported, and
 * the command does not run: a conversion with other settings than the file's could be wrong.
 */
export async function reportConfigured<Arguments extends ConfigurableArguments & { readonly json: boolean }>(
  args: Arguments,
  names: readonly SettingName[],
  command: (args: Arguments & Configured) => Promise<number>,
): Promise<void> {
  await report(async () => {
    try {
      return await command(withSettings(args, names, await hostSettings(process.env)));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      if (args.json) print('stdout', `${JSON.stringify({ error: error.inOneLine }, undefined, 2)}\n`);
      else print('stderr', error.message);
      return exitCodes.environment;
    }
  });
}

import type { HvmDefaults } from '../../lib/document/options.js';
import type { SettingName, Settings } from './settings.js';

/** The arguments of commands that a setting can fill in. */
export interface ConfigurableArguments {
  readonly network?: NonNullable<Settings['network']>;
  readonly pool?: NonNullable<Settings['pool']>;
  readonly drop?: readonly string[];
  readonly to?: unknown;
}

/** What the settings add to the arguments of a command. */
export interface Configured {
  readonly hvmDefaults?: HvmDefaults;
}

/**
 * The arguments of a command with what the host sets for it; arguments win. Networks and pools of both are known, a
 * list of devices to drop replaces the host's. Devices are not dropped on the way back to KVM. Pure.
 *
 * @param names the settings that the command has
 */
export function withSettings<Arguments extends ConfigurableArguments>(
  args: Arguments,
  names: readonly SettingName[],
  settings: Settings,
): Arguments & Configured {
  const used: Settings = Object.fromEntries(
    Object.entries(settings).filter(([name]) => names.includes(name as SettingName)),
  );
  const { network, pool, drop, transport, sparePorts, ...plain } = used;
  const isDropping = drop && args.drop?.length === 0 && args.to !== 'kvm';
  return {
    ...args,
    ...Object.fromEntries(Object.entries(plain).filter(([name]) => !isGiven(args, name))),
    ...(network && { network: { ...network, ...args.network } }),
    ...(pool && { pool: { ...pool, ...args.pool } }),
    ...(isDropping && { drop }),
    hvmDefaults: { transport, sparePorts },
  };
}

const isGiven = (args: object, name: string): boolean =>
  (args as Readonly<Record<string, unknown>>)[name] !== undefined;

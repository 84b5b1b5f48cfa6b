import type { HostOptions, HvmDefaults, LibvirtVersion, XenVersion } from '../../lib/document/options.js';

/** What a host sets for all commands and hooks. A setting has the name of the argument that overrides it. */
export interface Settings extends Pick<HostOptions, 'userBridge'> {
  readonly xen?: XenVersion;
  readonly libvirt?: LibvirtVersion;
  readonly userBridge?: string;
  /** The bridge of each libvirt network. */
  readonly network?: NonNullable<HostOptions['networks']>;
  /** The directory of each libvirt storage pool. */
  readonly pool?: NonNullable<HostOptions['pools']>;
  readonly transport?: NonNullable<HvmDefaults['transport']>;
  readonly sparePorts?: number;
  readonly socketMode?: string;
  readonly socketOwner?: string;
  readonly drop?: readonly string[];
}

export type SettingName = keyof Settings;

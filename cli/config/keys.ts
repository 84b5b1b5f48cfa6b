import { parseDropSelector } from '../../lib/document/drop.js';
import { libvirtVersions, xenVersions } from '../../lib/document/options.js';
import { parseSparePorts } from '../../lib/document/transport.js';
import { socketModePattern, socketOwnerPattern } from '../../lib/realize/qemu/access.js';
import { hasControls } from '../../lib/text/controls.js';
import type { SettingName } from './settings.js';

/*
 * The configuration file as a table: the reader, `virt2xen config`, the man page and docs/config.md all use it.
 */

/** One key, or a section whose keys are names. */
export interface ConfigKey {
  readonly setting: SettingName;
  readonly section: string;
  /** Absent: every key of the section is a name. */
  readonly key?: string;
  /** The TOML type. `table`: one text for each name. */
  readonly type: 'text' | 'number' | 'list' | 'table';
  /** One sentence for users. */
  readonly describe: string;
  /** What applies without it. */
  readonly otherwise: string;
  /** A value as it is written in the file. */
  readonly example: string;
  /** The option of commands that overrides it. */
  readonly option: string;
  /** Checks a text, each entry of a list or table, or a number as text. @throws RangeError */
  readonly check: (value: string) => void;
}

export const configKeys: readonly ConfigKey[] = [
  {
    setting: 'xen',
    section: 'host',
    key: 'xen',
    type: 'text',
    describe: `Xen release of the host: ${xenVersions.join(', ')}`,
    otherwise: 'latest',
    example: '"4.17"',
    option: '--xen',
    check: oneOf(xenVersions),
  },
  {
    setting: 'libvirt',
    section: 'host',
    key: 'libvirt',
    type: 'text',
    describe: `libvirt release of the host: ${libvirtVersions.join(' or ')}`,
    otherwise: 'latest; in hooks, oldest',
    example: '"9.0"',
    option: '--libvirt',
    check: oneOf(libvirtVersions),
  },
  {
    setting: 'userBridge',
    section: 'host',
    key: 'user-bridge',
    type: 'text',
    describe: "Bridge of the interfaces of type 'user'",
    otherwise: 'none',
    example: '"xenbr0"',
    option: '--user-bridge',
    check: nameOrPath,
  },
  {
    setting: 'network',
    section: 'networks',
    type: 'table',
    describe: 'Bridge of each libvirt network, as NAME = "BRIDGE"',
    otherwise: 'none',
    example: 'default = "xenbr0"',
    option: '--network',
    check: nameOrPath,
  },
  {
    setting: 'pool',
    section: 'pools',
    type: 'table',
    describe: 'Directory of each libvirt storage pool, as NAME = "DIR"',
    otherwise: 'none',
    example: 'images = "/var/lib/libvirt/images"',
    option: '--pool',
    check: absolutePath,
  },
  {
    setting: 'transport',
    section: 'channels',
    key: 'transport',
    type: 'text',
    describe:
      'Transport of the virtio channels of HVM guests, where --transport is auto: pv-console or virtio-serial',
    otherwise: 'pv-console',
    example: '"virtio-serial"',
    option: '--transport',
    check: oneOf(['pv-console', 'virtio-serial']),
  },
  {
    setting: 'sparePorts',
    section: 'channels',
    key: 'spare-ports',
    type: 'number',
    describe: 'Number of spare virtio-serial ports of each HVM guest',
    otherwise: '0',
    example: '2',
    option: '--spare-ports',
    check: (value) => void parseSparePorts(value),
  },
  {
    setting: 'socketMode',
    section: 'channels',
    key: 'socket-mode',
    type: 'text',
    describe: 'Mode of the sockets of attached channels, as octal digits',
    otherwise: '0600',
    example: '"0660"',
    option: '--socket-mode',
    check: matching(socketModePattern, 'three octal digits, such as "0660"'),
  },
  {
    setting: 'socketOwner',
    section: 'channels',
    key: 'socket-owner',
    type: 'text',
    describe: 'Owner of the sockets of attached channels: USER, USER:GROUP or :GROUP',
    otherwise: 'the user that runs virt2xen',
    example: '":kvm"',
    option: '--socket-owner',
    check: matching(socketOwnerPattern, 'USER, USER:GROUP or :GROUP'),
  },
  {
    setting: 'drop',
    section: 'devices',
    key: 'drop',
    type: 'list',
    describe: 'Devices to omit from every guest, as selectors of --drop',
    otherwise: 'none',
    example: '["redirdev", "interface:user"]',
    option: '--drop',
    check: (value) => void parseDropSelector(value),
  },
];

/** The sections, in the order of the table. */
export const configSections: readonly string[] = [...new Set(configKeys.map(({ section }) => section))];

/** How messages and pages name a key: `host.xen`, `networks`. */
export const keyName = ({ section, key }: Pick<ConfigKey, 'section' | 'key'>): string =>
  key === undefined ? section : `${section}.${key}`;

function oneOf(values: readonly string[]): (value: string) => void {
  return (value) => {
    if (!values.includes(value)) throw new RangeError(`use ${values.map((each) => `"${each}"`).join(', ')}`);
  };
}

function matching(pattern: RegExp, form: string): (value: string) => void {
  return (value) => {
    if (!pattern.test(value)) throw new RangeError(`use ${form}`);
  };
}

function nameOrPath(value: string): void {
  if (value === '' || hasControls(value)) throw new RangeError('use the name of a bridge');
}

function absolutePath(value: string): void {
  if (!value.startsWith('/') || hasControls(value)) throw new RangeError('use an absolute path');
}

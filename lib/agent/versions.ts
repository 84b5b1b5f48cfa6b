/** The first agent that has a command, and the systems that have it, if not all. */
export interface Availability {
  readonly since: string;
  readonly systems?: string;
}

/**
 * All commands of the agents of QEMU 7.2 and 10.0: `Since` and `if` of qga/qapi-schema.json. The schema of 10.0
 * has every command of 7.2; guest-get-load and guest-network-get-route were added after it.
 */
const table = {
  'guest-exec': { since: '2.5' },
  'guest-exec-status': { since: '2.5' },
  'guest-file-close': { since: '0.15' },
  'guest-file-flush': { since: '0.15' },
  'guest-file-open': { since: '0.15' },
  'guest-file-read': { since: '0.15' },
  'guest-file-seek': { since: '0.15' },
  'guest-file-write': { since: '0.15' },
  'guest-fsfreeze-freeze': { since: '0.15', systems: 'Linux, Windows' },
  'guest-fsfreeze-freeze-list': { since: '2.2', systems: 'Linux, Windows' },
  'guest-fsfreeze-status': { since: '0.15', systems: 'Linux, Windows' },
  'guest-fsfreeze-thaw': { since: '0.15', systems: 'Linux, Windows' },
  'guest-fstrim': { since: '1.2', systems: 'Linux, Windows' },
  'guest-get-cpustats': { since: '7.1', systems: 'Linux' },
  'guest-get-devices': { since: '5.2', systems: 'Windows' },
  'guest-get-disks': { since: '5.2', systems: 'Linux, Windows' },
  'guest-get-diskstats': { since: '7.1', systems: 'Linux' },
  'guest-get-fsinfo': { since: '2.2', systems: 'Linux, Windows' },
  'guest-get-host-name': { since: '2.10' },
  'guest-get-load': { since: '10.0' },
  'guest-get-memory-block-info': { since: '2.3', systems: 'Linux' },
  'guest-get-memory-blocks': { since: '2.3', systems: 'Linux' },
  'guest-get-osinfo': { since: '2.10' },
  'guest-get-time': { since: '1.5' },
  'guest-get-timezone': { since: '2.10' },
  'guest-get-users': { since: '2.10' },
  'guest-get-vcpus': { since: '1.5', systems: 'Linux, Windows' },
  'guest-info': { since: '0.15' },
  'guest-network-get-interfaces': { since: '1.1' },
  'guest-network-get-route': { since: '9.1', systems: 'Linux' },
  'guest-ping': { since: '0.15' },
  'guest-set-memory-blocks': { since: '2.3', systems: 'Linux' },
  'guest-set-time': { since: '1.5' },
  'guest-set-user-password': { since: '2.3', systems: 'Linux, Windows, FreeBSD' },
  'guest-set-vcpus': { since: '1.5', systems: 'Linux' },
  'guest-shutdown': { since: '0.15' },
  'guest-ssh-add-authorized-keys': { since: '5.2' },
  'guest-ssh-get-authorized-keys': { since: '5.2' },
  'guest-ssh-remove-authorized-keys': { since: '5.2' },
  'guest-suspend-disk': { since: '1.1', systems: 'Linux, Windows' },
  'guest-suspend-hybrid': { since: '1.1', systems: 'Linux' },
  'guest-suspend-ram': { since: '1.1', systems: 'Linux, Windows' },
  'guest-sync': { since: '0.15' },
  'guest-sync-delimited': { since: '1.1' },
} as const satisfies Readonly<Record<string, Availability>>;

export type AgentCommand = keyof typeof table;

/** Where each command is available, by its name. */
export const commandVersions: ReadonlyMap<string, Availability> = new Map(Object.entries(table));

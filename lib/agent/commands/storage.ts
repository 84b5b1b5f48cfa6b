/** The guest's disks and filesystems. */
import type { AgentRequest } from '../request.js';
import { booleanOf, countOf, listOf, membersOf, numberOf, objectOf, oneOf, textOf } from '../value.js';

/** GuestDiskAddress. Buses are a list that grows with each release of QEMU. */
export interface DiskAddress {
  readonly 'bus-type': string;
  readonly bus: number;
  readonly target: number;
  readonly unit: number;
  readonly 'pci-controller': PciAddress;
  readonly serial?: string;
  readonly dev?: string;
}

/** GuestPCIAddress; -1 where it is unknown. */
export interface PciAddress {
  readonly domain: number;
  readonly bus: number;
  readonly slot: number;
  readonly function: number;
}

/** GuestDiskInfo. */
export interface Disk {
  readonly name: string;
  readonly partition: boolean;
  readonly dependencies?: readonly string[];
  readonly address?: DiskAddress;
  readonly alias?: string;
}

export const getDisks: AgentRequest<readonly Disk[]> = {
  name: 'guest-get-disks',
  read: (value) =>
    listOf(value, (item) => {
      const { name, partition } = objectOf(item);
      return {
        name: textOf(name),
        partition: booleanOf(partition),
        ...membersOf(item, {
          dependencies: (list) => listOf(list, textOf),
          address: addressOf,
          alias: textOf,
        }),
      };
    }),
};

function addressOf(value: unknown): DiskAddress {
  const { 'bus-type': type, bus, target, unit, 'pci-controller': pci } = objectOf(value);
  const controller = objectOf(pci);
  return {
    'bus-type': textOf(type),
    bus: numberOf(bus),
    target: numberOf(target),
    unit: numberOf(unit),
    'pci-controller': {
      domain: numberOf(controller['domain']),
      bus: numberOf(controller['bus']),
      slot: numberOf(controller['slot']),
      function: numberOf(controller['function']),
    },
    ...membersOf(value, { serial: textOf, dev: textOf }),
  };
}

/** GuestFilesystemInfo; sizes in bytes. */
export interface Filesystem {
  readonly name: string;
  readonly mountpoint: string;
  readonly type: string;
  readonly 'used-bytes'?: number;
  readonly 'total-bytes'?: number;
  readonly 'total-bytes-privileged'?: number;
  readonly disk: readonly DiskAddress[];
}

export const getFilesystems: AgentRequest<readonly Filesystem[]> = {
  name: 'guest-get-fsinfo',
  read: (value) =>
    listOf(value, (item) => {
      const { name, mountpoint, type, disk } = objectOf(item);
      return {
        name: textOf(name),
        mountpoint: textOf(mountpoint),
        type: textOf(type),
        ...membersOf(item, {
          'used-bytes': countOf,
          'total-bytes': countOf,
          'total-bytes-privileged': countOf,
        }),
        disk: listOf(disk, addressOf),
      };
    }),
};

export type FreezeStatus = 'thawed' | 'frozen';

export const getFreezeStatus: AgentRequest<FreezeStatus> = {
  name: 'guest-fsfreeze-status',
  read: (value) => oneOf(value, ['thawed', 'frozen']),
};

/**
 * Freezes filesystems, until `thaw`.
 * @param mountpoints which ones (default: all that can be frozen); those that do not exist are ignored
 * @returns how many are frozen
 */
export const freeze = (mountpoints?: readonly string[]): AgentRequest<number> =>
  mountpoints === undefined
    ? { name: 'guest-fsfreeze-freeze', read: countOf }
    : { name: 'guest-fsfreeze-freeze-list', arguments: { mountpoints }, read: countOf };

/** Thaws all filesystems. @returns how many */
export const thaw: AgentRequest<number> = { name: 'guest-fsfreeze-thaw', read: countOf };

/** GuestFilesystemTrimResult; numbers in bytes. */
export interface TrimResult {
  readonly path: string;
  readonly trimmed?: number;
  readonly minimum?: number;
  readonly error?: string;
}

/** Discards unused blocks. @param minimumBytes the smallest range of free blocks that is discarded (default: 0) */
export const trim = (minimumBytes?: number): AgentRequest<readonly TrimResult[]> => ({
  name: 'guest-fstrim',
  ...(minimumBytes !== undefined && { arguments: { minimum: minimumBytes } }),
  read: (value) =>
    listOf(objectOf(value)['paths'], (item) => ({
      path: textOf(objectOf(item)['path']),
      ...membersOf(item, { trimmed: countOf, minimum: countOf, error: textOf }),
    })),
});

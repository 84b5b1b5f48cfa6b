import type { Report } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import type { HostOptions } from '../document/options.js';
import type { DiskSource, PoolVolume } from '../model/disk.js';

/**
 * The file or block device of a volume: its name in the directory of its pool. Neither xl nor libvirt's Xen driver
 * looks up a pool. The names in a pool are those of directory entries (storage_util.c of libvirt), so one with a
 * slash would be a file elsewhere.
 * @returns undefined if the directory is not specified, which is reported
 */
export function volumeToXen(
  { pool, volume }: PoolVolume,
  { pools }: HostOptions,
  report: Report,
  place: Span | undefined,
): Exclude<DiskSource, PoolVolume> | undefined {
  if (volume.includes('/') || volume === '.' || volume === '..') {
    report.add('value-invalid', `'${volume}' is not a name of a volume in a storage pool`, place);
    return undefined;
  }
  const directory = pools && Object.hasOwn(pools, pool) ? pools[pool] : undefined;
  if (directory === undefined) {
    report.add(
      'device-unsupported',
      `volume '${volume}': directory of storage pool '${pool}' unknown`,
      place,
      {
        hint: 'specify the directory of the pool',
        remedy: { option: 'pools', value: pool },
      },
    );
    return undefined;
  }
  if (!directory.startsWith('/')) {
    const message = `the directory of storage pool '${pool}' is not an absolute path: '${directory}'`;
    report.add('value-invalid', message, place);
    return undefined;
  }
  const path = `${directory.replace(/\/+$/, '')}/${volume}`;
  report.add('converted', `volume '${volume}' of storage pool '${pool}' converted to ${path}`, place);
  return { kind: isBlockDevice(path) ? 'block' : 'file', path };
}

/** Pools below /dev contain block devices: those of LVM, iSCSI and whole disks. */
export const isBlockDevice = (path: string): boolean => path.startsWith('/dev/');

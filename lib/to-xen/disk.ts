import type { Report } from '../diagnostics/diagnostic.js';
import { derive, originOf } from '../diagnostics/origin.js';
import { omitUndefined } from '../language/omit-undefined.js';
import { busOfName, emptyDriveReason, isDiskName, type Disk } from '../model/disk.js';
import type { HostOptions } from '../document/options.js';
import type { Domain } from '../model/domain.js';
import { driveLetters, driveNumber } from '../model/drive-letters.js';
import type { Os } from '../model/os.js';
import { changeEach } from './change.js';
import { volumeToXen } from './pool.js';

/** The disks without the empty drives of a PV or PVH guest. */
export function withoutEmptyDrives({ os, disks }: Domain, report: Report): readonly Disk[] {
  const isEmpty = ({ source }: Disk): boolean => source === undefined;
  if (os.type === 'hvm' || !disks.some(isEmpty)) return disks;
  return disks.filter((disk) => {
    if (!isEmpty(disk)) return true;
    const message = `disk '${disk.target}' omitted: ${emptyDriveReason}`;
    report.add('unsupported', message, originOf(disk, 'target'));
    return false;
  });
}

/** The name of a disk determines its bus, in an xl.cfg and for libvirt's Xen driver (libxl_conf.c: libxlMakeDisk). */
export function reportBus(disk: Disk, os: Os, report: Report): void {
  const { bus, target } = disk;
  const actual = busOfName(target, os);
  if (bus === undefined || bus === actual) return;
  const message = `bus '${bus}' of disk '${target}' ignored: on Xen the name determines the bus`;
  report.add('unsupported', message, originOf(disk, 'bus'));
}

/**
 * Gives disks the names, buses and backends that they have on Xen; each change is reported.
 */
export function disksToXen(
  domain: Pick<Domain, 'disks' | 'hypervisor' | 'os'>,
  report: Report,
  host: HostOptions = {},
): readonly Disk[] {
  const named = new DiskNames(domain, withBootDisk(domain, report)).convert(report);
  return changeEach(named, (disk) => withoutVolume(withoutTap(disk, report), host, report));
}

/** A volume becomes the file or device that it is. */
function withoutVolume(disk: Disk, host: HostOptions, report: Report): Disk {
  if (disk.source?.kind !== 'volume') return disk;
  const source = volumeToXen(disk.source, host, report, originOf(disk, 'source'));
  return source ? derive<Disk>(disk, { source }) : disk;
}

/** A hard disk and the position at which the firmware of an HVM guest finds it: by its name, IDE before SCSI (libxl_dm.c). */
function positionOf({ target }: Disk): number {
  const [, bus = '', letters = ''] = /^(xvd|[hsvu]d)([a-z]{1,4})$/.exec(target) ?? [];
  if (letters === '') return Number.POSITIVE_INFINITY;
  return driveNumber(letters) + (bus === 'sd' ? 1000 : 0);
}

/**
 * The disks with the name that is found first given to the disk that has to be booted first, which gives its own to the
 * other. They stay at their places in the document. The names of a Xen guest are what it has in fstab; they stay, too.
 */
function withBootDisk(
  { disks, hypervisor, os }: Pick<Domain, 'disks' | 'hypervisor' | 'os'>,
  report: Report,
): readonly Disk[] {
  if (os.type !== 'hvm' || os.bootDisk === undefined) return disks;
  const hard = disks.filter(({ device }) => device === 'disk');
  const wanted = hard.find(({ target }) => target === os.bootDisk);
  const first = hard.reduce<Disk | undefined>(
    (best, disk) => (best && positionOf(best) <= positionOf(disk) ? best : disk),
    undefined,
  );
  if (!wanted || !first || wanted === first) return disks;
  const place = originOf(wanted, 'target');
  if (hypervisor === 'xen') {
    const message = `disk '${wanted.target}' should be booted first, but Xen boots disk '${first.target}'`;
    report.add('unsupported', message, place, 'exchange their names');
    return disks;
  }
  const message = `disks '${first.target}' and '${wanted.target}' exchange their names: Xen boots the disk with the first name`;
  report.add('converted', message, place);
  const nameOf = ({ target, bus }: Disk): Pick<Disk, 'target' | 'bus'> => omitUndefined({ target, bus });
  return disks.map((disk) => {
    if (disk === wanted) return derive<Disk>(disk, nameOf(first));
    return disk === first ? derive<Disk>(disk, nameOf(wanted)) : disk;
  });
}

/** Emulated IDE has four units; libxl gives them to the first four xvd and hd disks alike. */
const ideUnits = 4;

/** blktap served raw, QCOW and VHD images; libxl has no such backend any more (seen with 4.17), and QEMU serves them all. */
function withoutTap(disk: Disk, report: Report): Disk {
  if (disk.backend !== 'tap') return disk;
  const message = `disk '${disk.target}': backend 'tap' converted to 'qdisk': libxl has no blktap`;
  report.add('converted', message, originOf(disk, 'backend'));
  return derive<Disk>(disk, { backend: 'qdisk' });
}

/** Gives disks names that xl accepts, with the same letter if it is free. */
class DiskNames {
  readonly #domain: Pick<Domain, 'disks' | 'hypervisor' | 'os'>;
  readonly #disks: readonly Disk[];
  readonly #taken = new Set<string>();
  /** Every name before this one is in use. */
  #next = 0;

  /** @param disks those of the domain, with the names that they should have */
  constructor(domain: Pick<Domain, 'disks' | 'hypervisor' | 'os'>, disks: readonly Disk[]) {
    this.#domain = domain;
    this.#disks = disks;
  }

  convert(report: Report): readonly Disk[] {
    const disks = this.#disks;
    const unchanged = new Set(disks.filter((disk) => this.#keepsName(disk)));
    if (unchanged.size === disks.length) return disks;
    for (const { target } of unchanged) this.#take(target);
    return disks.map((disk, i) => {
      if (unchanged.has(disk)) return disk;
      const cdrom = disk.device === 'cdrom' && this.#domain.os.type === 'hvm';
      const target = cdrom ? this.#freeDrive(disk, report) : this.#freeName(disk);
      this.#take(target);
      const given = this.#domain.disks[i]?.target ?? disk.target;
      const bus = cdrom ? 'ide' : 'paravirtual';
      const message =
        given === target
          ? `disk '${target}': bus '${disk.bus ?? ''}' converted to '${bus}'`
          : `disk '${given}' renamed to '${target}'`;
      report.add('converted', message, originOf(disk, 'target'));
      return derive<Disk>(disk, { target, bus });
    });
  }

  /**
   * A KVM domain's disks on other buses than IDE become paravirtual. A Xen domain has names of Xen's, or of KVM's virtio
   * in a document that is half converted; any other is a mistake, which checkDisks reports.
   */
  #keepsName({ target, bus }: Disk): boolean {
    const isXen = this.#domain.hypervisor === 'xen';
    if (!isDiskName(target)) return isXen && !/^[uv]d[a-z]/.test(target);
    return isXen || bus === undefined || bus === 'ide' || bus === 'paravirtual';
  }

  #take(target: string): void {
    this.#taken.add(target);
    const unit = this.#unitOf(target);
    if (unit !== undefined) this.#taken.add(unit);
  }

  #isFree(target: string): boolean {
    return !this.#taken.has(target) && !this.#taken.has(this.#unitOf(target) ?? target);
  }

  /** The unit of emulated IDE that a name implies in an HVM guest. */
  #unitOf(target: string): string | undefined {
    const letters = this.#domain.os.type === 'hvm' ? /^(?:xvd|hd)([a-z]+)/.exec(target)?.[1] : undefined;
    const index = letters === undefined ? ideUnits : driveNumber(letters);
    return index < ideUnits ? `ide${index}` : undefined;
  }

  #freeName(disk: Disk): string {
    const [, letters] = /^(?:xvd|[hsvu]d)([a-z]{1,3})[0-9]*$/.exec(disk.target) ?? [];
    const wanted = `xvd${letters ?? 'a'}`;
    if (this.#isFree(wanted)) return wanted;
    while (!this.#isFree(`xvd${driveLetters(this.#next)}`)) this.#next += 1;
    return `xvd${driveLetters(this.#next)}`;
  }

  #freeDrive(disk: Disk, report: Report): string {
    const name = ['hdc', 'hdd', 'hdb', 'hda'].find((drive) => this.#isFree(drive));
    if (name === undefined) {
      const message = `drive '${disk.target}': all four IDE units are in use`;
      report.add('device-unsupported', message, originOf(disk, 'target'));
    }
    return name ?? disk.target;
  }
}

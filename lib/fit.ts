import type { Report } from './diagnostics/diagnostic.js';
import { originOf, withOrigin } from './diagnostics/origin.js';
import { defaultChannelPath, type Channel } from './model/channel.js';
import { busOfName, type Disk } from './model/disk.js';
import { driveLetters, driveNumber } from './model/drive-letters.js';
import type { Domain } from './model/domain.js';
import type { Features } from './model/features.js';
import type { Interface } from './model/interface.js';
import type { NumaNode } from './model/numa.js';
import type { Os } from './model/os.js';

/**
 * Makes a domain fit for Xen: what a KVM domain calls virtio becomes Xen's own paravirtual
 * devices, names that xl does not know become ones that it does, and channels without a path get
 * the one that libvirt's Xen driver would give. docs/kvm-to-xen.md has the table.
 * @returns the same domain if it is fit already
 */
export function fitForXen(domain: Domain, report: Report, to: 'libvirt' | 'xl' = 'xl'): Domain {
  const { hypervisor, os } = domain;
  // libvirt chooses a path by itself, at each start.
  const channels =
    to === 'xl'
      ? changeEach(domain.channels, (channel) => fitChannel(channel, domain.name, report))
      : domain.channels;
  const drives = to === 'xl' ? fitDrives(domain, report) : domain.disks;
  const disks = fitDisks({ hypervisor, os, disks: drives }, report);
  if (to === 'xl') for (const disk of disks) tellOfBus(disk, domain, report);
  const interfaces = changeEach(domain.interfaces, (nic) => fitInterface(nic, domain, report));
  const numa = to === 'xl' ? fitNuma(domain, report) : domain.numa;
  const features = fitFeatures(domain, numa, report);
  const isFit =
    hypervisor === 'xen' &&
    channels === domain.channels &&
    disks === domain.disks &&
    interfaces === domain.interfaces &&
    numa === domain.numa &&
    features === domain.features;
  if (isFit) return domain;
  const parts = { name: originOf(domain, 'name'), emulator: originOf(domain, 'emulator') };
  return withOrigin<Domain>(
    { ...withNuma(domain, numa), hypervisor: 'xen', features, channels, disks, interfaces },
    originOf(domain),
    parts,
  );
}

/** The list with each of its items changed; the same list if they all stay as they are. */
function changeEach<Item>(items: readonly Item[], change: (item: Item) => Item): readonly Item[] {
  const changed = items.map(change);
  return changed.some((item, i) => item !== items[i]) ? changed : items;
}

/** Those nodes that libxl refuses only when it makes the guest, where xl has parsed them long since. */
function fitNuma({ os, memory, numa }: Domain, report: Report): Domain['numa'] {
  const refusal = numaRefusal(os.type, memory.currentKiB < memory.maximumKiB);
  if (!numa?.length || refusal === undefined) return numa;
  report.add('unsupported', `the NUMA nodes are left out: ${refusal}`, originOf(numa[0]));
  return undefined;
}

/** The domain with those nodes, or without any. */
function withNuma(domain: Domain, numa: Domain['numa']): Domain {
  const { numa: given, ...rest } = domain;
  if (numa === given) return domain;
  return numa ? { ...rest, numa } : rest;
}

/**
 * Why libxl gives a guest no NUMA nodes (libxl_create.c: libxl__domain_config_setdefault); nothing if it does.
 * @param canGrow the guest starts with less memory than it may have
 */
export function numaRefusal(guest: Os['type'], canGrow: boolean): string | undefined {
  if (guest === 'pv') return 'libxl builds them for HVM and PVH guests only';
  return canGrow ? 'libxl builds none for a guest that starts with less memory than it may have' : undefined;
}

/** What keeps an empty drive from a PV or PVH guest, for which QEMU makes none (xen-block.c). */
export const emptyDriveRefusal =
  'a PV or PVH guest gets no empty drive, and waits five minutes for it at its start';

function fitDrives({ os, disks }: Domain, report: Report): readonly Disk[] {
  const isEmpty = ({ source }: Disk): boolean => source === undefined;
  if (os.type === 'hvm' || !disks.some(isEmpty)) return disks;
  return disks.filter((disk) => {
    if (!isEmpty(disk)) return true;
    const message = `disk '${disk.target}' is left out: ${emptyDriveRefusal}`;
    report.add('unsupported', message, originOf(disk, 'target'));
    return false;
  });
}

/** An HVM guest learns of its NUMA nodes by ACPI: libvirt turns it on, too. */
function fitFeatures(
  { os, features }: Domain,
  numa: readonly NumaNode[] | undefined,
  report: Report,
): Features {
  if (os.type !== 'hvm' || !numa?.length || features.acpi === true) return features;
  report.add('implied', 'ACPI is on: it tells the guest of its NUMA nodes', originOf(numa[0]));
  return withOrigin<Features>({ ...features, acpi: true }, originOf(features));
}

function fitChannel(channel: Channel, domain: string, report: Report): Channel {
  const { connection } = channel;
  if (connection.kind !== 'socket' || connection.path !== undefined || connection.mode === 'connect')
    return channel;
  const path = defaultChannelPath(domain, channel.name);
  report.add('channel-default-path', `channel '${channel.name}' gets the socket ${path}`, originOf(channel));
  return withOrigin(
    { ...channel, connection: withOrigin({ ...connection, path }, originOf(connection)) },
    originOf(channel),
    { name: originOf(channel, 'name'), backendDomain: originOf(channel, 'backendDomain') },
  );
}

/** In an xl.cfg a disk's name is all that tells its bus. */
function tellOfBus(disk: Disk, { os }: Domain, report: Report): void {
  const { bus, target } = disk;
  if (bus === undefined || bus === busOfName(target, os)) return;
  const message = `xl puts a disk '${target}' on the bus that its name stands for, not on ${bus}`;
  report.add('unsupported', message, originOf(disk, 'bus'));
}

/** Virtio cards become Xen's own; of the emulated ones Xen's QEMU is known to have these. */
export const fittedModel = (model: string): string =>
  model.startsWith('virtio') ? 'netfront' : model === 'e1000e' ? 'e1000' : model;

function fitInterface(nic: Interface, domain: Domain, report: Report): Interface {
  const { model } = nic;
  if (domain.hypervisor !== 'kvm' || model === undefined) return nic;
  const fitted = fittedModel(model);
  if (fitted === model) return nic;
  const become = fitted === 'netfront' ? "Xen's paravirtual one" : fitted;
  report.add('converted', `a network card of model '${model}' becomes ${become}`, originOf(nic));
  return withOrigin({ ...nic, model: fitted }, originOf(nic), { source: originOf(nic, 'source') });
}

/** Gives disks the names and buses that Xen has for them; what is renamed is reported. */
export function fitDisks(
  domain: Pick<Domain, 'disks' | 'hypervisor' | 'os'>,
  report: Report,
): readonly Disk[] {
  return new DiskNames(domain).fit(report);
}

/** The names that libxl takes for a disk (libxl_device.c: libxl__device_disk_dev_number). */
const knownName = /^(?:xvd[a-z]{1,4}[0-9]*|hd[a-d][0-9]*|sd[a-p][0-9]*|d[0-9]+p[0-9]+|0x[0-9a-f]+|[0-9]+)$/;

/** Emulated IDE has four places; libxl gives them to the first four xvd and hd disks alike. */
const idePlaces = 4;

/** Gives disks the names that xl knows, keeping each one's letter where it is free. */
class DiskNames {
  readonly #domain: Pick<Domain, 'disks' | 'hypervisor' | 'os'>;
  readonly #taken = new Set<string>();
  /** Every name before this one is taken. */
  #next = 0;

  constructor(domain: Pick<Domain, 'disks' | 'hypervisor' | 'os'>) {
    this.#domain = domain;
  }

  fit(report: Report): readonly Disk[] {
    const { disks } = this.#domain;
    const kept = disks.filter((disk) => this.#keepsName(disk));
    if (kept.length === disks.length) return disks;
    for (const { target } of kept) for (const place of this.#places(target)) this.#taken.add(place);
    return disks.map((disk) => {
      if (this.#keepsName(disk)) return disk;
      const cdrom = disk.device === 'cdrom' && this.#domain.os.type === 'hvm';
      const target = cdrom ? this.#freeDrive(disk, report) : this.#freeName(disk);
      for (const place of this.#places(target)) this.#taken.add(place);
      report.add('converted', `disk '${disk.target}' becomes '${target}'`, originOf(disk, 'target'));
      const bus = cdrom ? 'ide' : 'paravirtual';
      return withOrigin<Disk>({ ...disk, target, bus }, originOf(disk), { target: originOf(disk, 'target') });
    });
  }

  /** A KVM domain's disks on other buses than IDE become paravirtual. */
  #keepsName({ target, bus }: Disk): boolean {
    if (!knownName.test(target)) return false;
    return this.#domain.hypervisor === 'xen' || bus === undefined || bus === 'ide' || bus === 'paravirtual';
  }

  /** A name, and in an HVM guest the place of emulated IDE that comes with it. */
  #places(target: string): readonly string[] {
    const [, prefix, letters = ''] = /^(xvd|hd)([a-z]+)/.exec(target) ?? [];
    const index = driveNumber(letters);
    const isIde = prefix !== undefined && this.#domain.os.type === 'hvm' && index < idePlaces;
    return isIde ? [target, `ide${index}`] : [target];
  }

  #freeName(disk: Disk): string {
    const [, letters] = /^(?:xvd|[hsvu]d)([a-z]{1,3})[0-9]*$/.exec(disk.target) ?? [];
    const wanted = letters === undefined ? 0 : driveNumber(letters);
    const isFree = (index: number): boolean =>
      this.#places(`xvd${driveLetters(index)}`).every((place) => !this.#taken.has(place));
    if (isFree(wanted)) return `xvd${driveLetters(wanted)}`;
    while (!isFree(this.#next)) this.#next += 1;
    return `xvd${driveLetters(this.#next)}`;
  }

  #freeDrive(disk: Disk, report: Report): string {
    const name = ['hdc', 'hdd', 'hdb', 'hda'].find((drive) =>
      this.#places(drive).every((place) => !this.#taken.has(place)),
    );
    if (name === undefined) {
      report.add(
        'device-unsupported',
        `there is no free IDE place for the drive '${disk.target}'`,
        originOf(disk, 'target'),
      );
    }
    return name ?? disk.target;
  }
}

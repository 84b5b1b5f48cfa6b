import type { Report } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import { driveLetters } from '../model/drive-letters.js';
import type { Disk } from '../model/disk.js';

/** What the arguments of a guest's kernel can name that is called otherwise under the other hypervisor. */
export interface RenamedDevices {
  /** The new names of the disks, by those that they certainly have in the guest so far. */
  readonly disks: ReadonlyMap<string, string>;
  /** Whether the only console of the guest is Xen's: a PV or PVH guest has no serial port. */
  readonly xenConsole: boolean;
}

type DiskName = Pick<Disk, 'device' | 'target'>;

/**
 * The new names of paravirtual disks. A KVM guest names its virtio disks in the order in which it finds them, whatever
 * libvirt calls them (libvirt's formatdomain, <target>): the name is certain if it is also that of its place.
 * @param before the disks, with the names that the document gives them
 * @param after the same disks, or without drives that can be removed
 */
export function renamedDisks(
  before: readonly DiskName[],
  after: readonly DiskName[],
  letters: { readonly from: 'vd' | 'xvd'; readonly to: 'vd' | 'xvd' },
): ReadonlyMap<string, string> {
  const hardDisks = (disks: readonly DiskName[]): readonly string[] =>
    disks.filter(({ device }) => device === 'disk').map(({ target }) => target);
  const later = hardDisks(after);
  const pairs = hardDisks(before).map((name, i) => [name, later[i] ?? name] as const);
  const renamed = pairs.filter(([name]) => name.startsWith(letters.from));
  const virtio = letters.from === 'vd' ? 0 : 1;
  const isCertain = renamed.every((pair, i) => pair[virtio] === `vd${driveLetters(i)}`);
  return new Map(isCertain ? renamed : []);
}

/** A disk as an argument names it, with its partition: `/dev/vda1`. */
const disk = /(?<=^|[\s=,"'])\/dev\/((?:xvd|[hsv]d)[a-z]+)([0-9]*)(?=$|[\s,:"'])/g;
/** Names that contain the bus of the disk. */
const byBus = /(?<=^|[\s=,"'])\/dev\/disk\/by-(?:id|path)\/[^\s,"']+/g;
const serialConsole = /(?<=^|\s)console=tty(?:S|AMA)[0-9]+(?:,\S*)?/g;
/** An address at which a Xen guest has nothing. */
const earlyConsole = /(?<=^|\s)earlycon=\S+/g;

/**
 * Converts the arguments of a KVM guest's kernel for Xen, or back: with the names of another hypervisor the guest does
 * not find its root file system, or is silent. Only what is certain is converted; each change is reported, and each
 * other name that does not exist there is a warning.
 * @returns the arguments
 */
export function convertKernelArguments(
  given: string,
  to: 'xen' | 'kvm',
  { disks, xenConsole }: RenamedDevices,
  report: Report,
  place: Span | undefined,
): string {
  const hypervisor = to === 'xen' ? 'Xen' : 'KVM';
  const converted = (from: string, now: string): string => {
    report.add(
      'converted',
      `kernel argument '${from}' converted to '${now}': its name on ${hypervisor}`,
      place,
    );
    return now;
  };
  const unknown = (name: string, hint: string): void => {
    report.add(
      'kernel-argument',
      `the kernel arguments name '${name}', which a guest on ${hypervisor} may not have`,
      place,
      hint,
    );
  };
  const uuid = 'name the file system by UUID= or LABEL=, or write the name of the disk there';
  const withDisks = given.replace(disk, (whole, name: string, partition: string) => {
    const now = disks.get(name);
    if (now !== undefined) return now === name ? whole : converted(whole, `/dev/${now}${partition}`);
    if (name.startsWith('xvd') === (to === 'kvm')) unknown(whole, uuid);
    return whole;
  });
  for (const [name] of given.matchAll(byBus)) unknown(name, uuid);
  if (!xenConsole || to === 'kvm') return withDisks;
  for (const [name] of given.matchAll(earlyConsole)) unknown(name, 'remove it');
  return withDisks.replace(serialConsole, (whole) => converted(whole, 'console=hvc0'));
}

import type { Report } from '../diagnostics/diagnostic.js';
import type { Disk } from '../model/disk.js';

/** What of a converted domain the software in the guest notices. */
export interface Noticed {
  readonly disks: readonly Disk[];
  /** The models of its network cards. */
  readonly cards: readonly (string | undefined)[];
  /** Whether channels are PV consoles. */
  readonly hasConsoles: boolean;
}

const isHardDisk = ({ device }: Disk): boolean => device === 'disk';

/**
 * Reports, once for a KVM guest, what changes inside of it: Linux calls its disks otherwise, boots only if the initramfs
 * has Xen's drivers, and finds channels at other paths. No conversion can do that for it.
 */
export function reportGuestChanges(
  before: readonly Disk[],
  { disks, cards, hasConsoles }: Noticed,
  report: Report,
): void {
  // Drives may have been omitted, hard disks are not.
  const earlier = before.filter(isHardDisk);
  const [renamed, ...others] = disks.filter(isHardDisk).flatMap(({ target }, i) => {
    const name = earlier[i]?.target;
    return name !== undefined && name !== target ? [`'${name}' to '${target}'`] : [];
  });
  const drivers = [
    ...(disks.some((disk) => isHardDisk(disk) && disk.bus === 'paravirtual') ? ['xen-blkfront'] : []),
    ...(cards.includes('netfront') ? ['xen-netfront'] : []),
  ];
  const changes = [
    ...(renamed === undefined
      ? []
      : [
          `disk names change (${renamed}${others.length > 0 ? ' and others' : ''}) in fstab and the boot loader`,
        ]),
    ...(drivers.length === 0 ? [] : [`the initramfs requires ${drivers.join(' and ')}`]),
    ...(!hasConsoles ? [] : ["agents require a channel's path instead of a virtio port"]),
  ];
  if (changes.length === 0) return;
  report.add(
    'guest-changes',
    `inside the guest: ${changes.join('; ')}`,
    undefined,
    'prepare the guest before it starts on Xen',
  );
}

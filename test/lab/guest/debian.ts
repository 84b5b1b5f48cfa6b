/** An ordinary guest: Debian with systemd and udev, its qemu-ga, and virt2xen's guest kit. */
import { readFileSync } from 'node:fs';
import { emptyImage } from './qcow2.js';
import { guestConfig, type GuestType } from './guest.js';
import type { Dom0 } from '../dom0/dom0.js';

const script = readFileSync(new URL('debian.sh', import.meta.url), 'utf8');

/** The disk of the guest in dom0. It keeps the data of guests as long as the machine is running. */
export const debianDisk = '/dev/vdc';

export const debianInitrd = '/run/debian/initrd';

/** The boot disk of an HVM guest: an emulated BIOS takes 15 minutes to read a kernel from an IDE disk. */
export const debianBootDisk = '/run/debian/boot.img';

/** Its size in bytes; see image/build.sh. */
const diskBytes = 4 * 2 ** 30;

/** It exists while the guest's disk is without the kit. */
const withoutKit = '/run/debian/without-kit';

/**
 * Creates the disks and the initrd of the guest, see debian.sh. The guest needs 384 MiB.
 * @param kit whether the guest has virt2xen's kit; no guest may be running on the disk
 */
export async function prepareDebian(dom0: Dom0, { kit = true } = {}): Promise<void> {
  await dom0.run(script);
  const change = (option: string): string => `
    mount -t ext4 ${debianDisk} /run/debian/root
    sh /run/debian/kit/install.sh ${option} --root /run/debian/root
    umount /run/debian/root`;
  await dom0.run(
    kit
      ? `[ -e ${withoutKit} ] || exit 0; ${change('')}\nrm ${withoutKit}`
      : `[ ! -e ${withoutKit} ] || exit 0; ${change('--uninstall')}\ntouch ${withoutKit}`,
  );
}

/** An empty qcow2 image on top of the guest's disk. */
export const overlayOfDebian = (): Buffer => emptyImage(diskBytes, { path: debianDisk });

/** The xl.cfg of the guest without channels. @param disk a qcow2 image in dom0 */
export const debianConfig = (
  name: string,
  { type, disk }: { readonly type: GuestType; readonly disk: string },
): string =>
  guestConfig(name, { type, memory: 384, boot: { ramdisk: debianInitrd, disk: debianBootDisk } }) +
  `disk = ["format=qcow2,vdev=xvda,access=rw,target=${disk}"]\n`;

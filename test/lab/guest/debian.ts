/** An ordinary guest: Debian with systemd and udev, its qemu-ga, and virt2xen's guest kit. */
import { readFileSync } from 'node:fs';
import { emptyImage } from './qcow2.js';
import type { Dom0 } from '../dom0/dom0.js';

const script = readFileSync(new URL('debian.sh', import.meta.url), 'utf8');

/** The disk of the guest in dom0. It keeps the data of guests as long as the machine is running. */
export const debianDisk = '/dev/vdc';

export const debianInitrd = '/run/debian/initrd';

/** The boot disk of an HVM guest: an emulated BIOS takes 15 minutes to read a kernel from an IDE disk. */
export const debianBootDisk = '/run/debian/boot.img';

/** Its size in bytes; see image/build.sh. */
const diskBytes = 4 * 2 ** 30;

/** Creates the disks and the initrd of the guest, see debian.sh. The guest needs 384 MiB. */
export async function prepareDebian(dom0: Dom0): Promise<void> {
  await dom0.run(script);
}

/** An empty qcow2 image on top of the guest's disk. */
export const overlayOfDebian = (): Buffer => emptyImage(diskBytes, { path: debianDisk });

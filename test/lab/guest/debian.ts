/** A guest as people have it: Debian with systemd and udev, its own qemu-ga, and virt2xen's guest kit. */
import { readFileSync } from 'node:fs';
import type { Dom0 } from '../dom0/dom0.js';

const script = readFileSync(new URL('debian.sh', import.meta.url), 'utf8');

/** The disk of the guest, in dom0. It keeps what a guest wrote for as long as the machine is up. */
export const debianDisk = '/dev/vdc';

/** Its size, in bytes; see image/build.sh. */
const diskBytes = 4 * 2 ** 30;

/** Makes the disk and the initrd of the guest; debian.sh says what they are. 384 MiB are enough for it. */
export async function prepareDebian(dom0: Dom0): Promise<void> {
  await dom0.run(script);
}

/**
 * An empty qcow2 image on top of the guest's disk (QEMU's docs/interop/qcow2.rst): dom0 has no
 * qemu-img. Four clusters: the header, the table of reference counts, their first block, the L1 table.
 */
export function overlayOfDebian(): Buffer {
  const clusterBits = 16;
  const cluster = 1 << clusterBits;
  const l1Entries = diskBytes / ((cluster / 8) * cluster);
  const image = Buffer.alloc(4 * cluster);
  const version = 2;
  const [backing, format] = [debianDisk, 'raw'];
  const [headerBytes, backingFormat] = [72, 0xe2792aca];
  const backingAt = headerBytes + 24;

  image.write('QFI\xfb', 0, 'latin1');
  image.writeUInt32BE(version, 4);
  image.writeBigUInt64BE(BigInt(backingAt), 8);
  image.writeUInt32BE(backing.length, 16);
  image.writeUInt32BE(clusterBits, 20);
  image.writeBigUInt64BE(BigInt(diskBytes), 24);
  image.writeUInt32BE(l1Entries, 36);
  image.writeBigUInt64BE(BigInt(3 * cluster), 40);
  image.writeBigUInt64BE(BigInt(cluster), 48);
  image.writeUInt32BE(1, 56); // clusters of the table of reference counts

  image.writeUInt32BE(backingFormat, headerBytes);
  image.writeUInt32BE(format.length, headerBytes + 4);
  image.write(format, headerBytes + 8, 'latin1');
  image.write(backing, backingAt, 'latin1');

  image.writeBigUInt64BE(BigInt(2 * cluster), cluster);
  for (let i = 0; i < 4; i++) image.writeUInt16BE(1, 2 * cluster + 2 * i);
  return image;
}

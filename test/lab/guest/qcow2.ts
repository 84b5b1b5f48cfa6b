/** Images in QEMU's format (QEMU's docs/interop/qcow2.rst), because dom0 has no qemu-img. */

export interface Backing {
  /** A raw image or device of the same size. */
  readonly path: string;
}

/**
 * An empty image. It has four clusters: the header, the refcount table, the first refcount block, the L1 table.
 *
 * @param sizeBytes the size of the disk; a multiple of 512 MiB
 * @param backing the backing file; absent: the disk contains zeros
 */
export function emptyImage(sizeBytes = 2 ** 29, backing?: Backing): Buffer {
  const clusterBits = 16;
  const cluster = 1 << clusterBits;
  const l1Entries = sizeBytes / ((cluster / 8) * cluster);
  const image = Buffer.alloc(4 * cluster);
  const version = 2;
  const [headerBytes, backingFormat, format] = [72, 0xe2792aca, 'raw'];

  image.write('QFI\xfb', 0, 'latin1');
  image.writeUInt32BE(version, 4);
  image.writeUInt32BE(clusterBits, 20);
  image.writeBigUInt64BE(BigInt(sizeBytes), 24);
  image.writeUInt32BE(l1Entries, 36);
  image.writeBigUInt64BE(BigInt(3 * cluster), 40);
  image.writeBigUInt64BE(BigInt(cluster), 48);
  image.writeUInt32BE(1, 56); // number of clusters of the refcount table

  if (backing) {
    const at = headerBytes + 24;
    image.writeBigUInt64BE(BigInt(at), 8);
    image.writeUInt32BE(backing.path.length, 16);
    image.writeUInt32BE(backingFormat, headerBytes);
    image.writeUInt32BE(format.length, headerBytes + 4);
    image.write(format, headerBytes + 8, 'latin1');
    image.write(backing.path, at, 'latin1');
  }

  image.writeBigUInt64BE(BigInt(2 * cluster), cluster);
  for (let i = 0; i < 4; i++) image.writeUInt16BE(1, 2 * cluster + 2 * i);
  return image;
}

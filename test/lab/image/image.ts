import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Suite } from '../suites.js';
import { keyOf, madeOnce } from './cache.js';

/** The paths of the files that a lab boots from; build.sh describes them. */
export interface Image {
  readonly dom0: string;
  readonly xen: string;
  readonly vmlinux: string;
  readonly initrd: string;
  readonly guest: string;
}

const mirror = 'http://deb.debian.org/debian';
const script = fileURLToPath(new URL('build.sh', import.meta.url));

/**
 * The image of a suite, from the cache or built, which takes two minutes and downloads 300 MB from Debian's mirror. It
 * is built again if its script changes, but not for newer packages of Debian: delete it to get them.
 */
export async function imageOf({ name, packages }: Suite): Promise<Image> {
  const key = keyOf(name, mirror, packages.join(), readFileSync(script, 'utf8'));
  const folder = await madeOnce(`${name}-${key}`, ['sh', script, name, mirror, packages.join()]);
  return {
    dom0: join(folder, 'dom0.img'),
    xen: join(folder, 'xen.elf'),
    vmlinux: join(folder, 'vmlinux'),
    initrd: join(folder, 'initrd'),
    guest: join(folder, 'guest.cpio'),
  };
}

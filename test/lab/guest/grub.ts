/** GRUB for the disks of HVM guests; boot-disk.sh writes the rest. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Debian's package grub-pc-bin. */
const bootSector = '/usr/lib/grub/i386-pc/boot.img';

/**
 * @param directory for temporary files
 * @returns the first sectors of a disk: the boot sectors, then GRUB, which reads its commands from the disk
 */
export function makeGrub(directory: string): Buffer {
  const [commands, core] = [join(directory, 'grub.cfg'), join(directory, 'grub.core')];
  writeFileSync(commands, 'source ($root)2040+8\n');
  const modules = ['biosdisk', 'linux', 'configfile'];
  execFileSync('grub-mkimage', ['-O', 'i386-pc', '-p', '/', '-c', commands, '-o', core, ...modules]);
  return Buffer.concat([readFileSync(bootSector), readFileSync(core)]);
}

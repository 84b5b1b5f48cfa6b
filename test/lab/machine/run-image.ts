/**
 * The second disk of a lab, /lab in dom0: what changes from run to run. The first one is the same for
 * all of them, and is built once (see image/image.ts).
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeGrub } from '../guest/grub.js';
import type { Image } from '../image/image.js';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * @param directory where to work; the image is left there
 * @param ssh the folder with sshd's config and keys
 * @returns the path of the image
 */
export function makeRunImage(directory: string, image: Image, ssh: string): string {
  const tree = join(directory, 'run-image');
  mkdirSync(join(tree, 'guest'), { recursive: true });
  cpSync(here('init.sh'), join(tree, 'init.sh'));
  copyFileSync(process.execPath, join(tree, 'node'));
  cpSync(ssh, join(tree, 'ssh'), { recursive: true });
  copyFileSync(image.vmlinux, join(tree, 'guest/vmlinux'));
  writeFileSync(join(tree, 'guest/initramfs'), guestInitramfs(directory, image));
  writeFileSync(join(tree, 'guest/grub.img'), makeGrub(directory));
  cpSync(here('../guest/boot-disk.sh'), join(tree, 'guest/boot-disk'));
  const library = join(tree, 'report-sep.so');
  execFileSync('gcc', ['-Wall', '-shared', '-fPIC', '-o', library, here('../dom0/report-sep.c'), '-ldl']);

  const file = join(directory, 'run.img');
  execFileSync('mkfs.ext4', ['-q', '-F', '-d', tree, file, '512M'], { env: withSbin() });
  rmSync(tree, { recursive: true });
  return file;
}

/** The kernel unpacks archives one after the other: first the programs, then what starts them. */
function guestInitramfs(directory: string, image: Image): Buffer {
  const tree = join(directory, 'guest');
  mkdirSync(tree);
  cpSync(here('../guest/init.sh'), join(tree, 'init'));
  symlinkSync('bin', join(tree, 'sbin'));
  const start = execFileSync('cpio', ['--quiet', '-o', '-H', 'newc'], { cwd: tree, input: 'init\nsbin\n' });
  rmSync(tree, { recursive: true });
  return Buffer.concat([readFileSync(image.guest), start]);
}

/** Debian leaves mkfs out of the path of everybody but root. */
export const withSbin = (): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`,
});

/**
 * The second disk of a lab, /lab in dom0, with the files that differ between runs. The first disk is built once (see
 * image/image.ts).
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeGrub } from '../guest/grub.js';
import type { Image } from '../image/image.js';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * @param directory for the image and temporary files
 * @param ssh the folder with the configuration and keys of sshd
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

/** The kernel unpacks concatenated archives: first the programs, then the files that start them. */
function guestInitramfs(directory: string, image: Image): Buffer {
  const tree = join(directory, 'guest');
  mkdirSync(tree);
  cpSync(here('../guest/init.sh'), join(tree, 'init'));
  symlinkSync('bin', join(tree, 'sbin'));
  const start = execFileSync('cpio', ['--quiet', '-o', '-H', 'newc'], { cwd: tree, input: 'init\nsbin\n' });
  rmSync(tree, { recursive: true });
  return Buffer.concat([readFileSync(image.guest), start]);
}

/** In Debian, only root has mkfs in PATH. */
export const withSbin = (): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`,
});

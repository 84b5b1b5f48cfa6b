/**
 * Debian's xl for 64-bit Arm, run by qemu-user: what a config means on an Arm host, for xl decides that when it
 * is compiled. It is unpacked once, into the cache of the labs; some two minutes, and 60 MB from Debian's mirror.
 */
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseXlConfig } from '../../lib/index.js';
import { isArm } from '../../lib/model/architecture.js';
import { keyOf, madeOnce } from '../lab/image/cache.js';
import { missing } from '../requirements.js';
import { xlRunBy, type RealXl } from './real-xl.js';

const suite = 'bookworm';
const release = '4.17';
const mirror = 'http://deb.debian.org/debian';
const script = fileURLToPath(new URL('arm-xl.sh', import.meta.url));
const source = fileURLToPath(new URL('xl-without-xen.c', import.meta.url));

const programs = ['qemu-aarch64-static', 'aarch64-linux-gnu-gcc', 'debootstrap', 'dpkg-deb'];
const packages = 'qemu-user-static, gcc-aarch64-linux-gnu, libc6-dev-arm64-cross, libxen-dev, debootstrap';

/**
 * @returns nothing if a tool is missing, which was printed then
 * @throws if a tool is missing and the environment says that it must not be
 */
export async function findArmXl(): Promise<RealXl | undefined> {
  const absent = programs.find((program) => !isInstalled(program));
  if (absent !== undefined || !existsSync('/usr/include/libxl.h')) {
    missing('xl for Arm', packages, `there is no ${absent ?? 'libxl.h'}`);
    return undefined;
  }
  const texts = [script, source].map((path) => readFileSync(path, 'utf8'));
  const key = keyOf(suite, mirror, release, ...texts);
  const folder = await madeOnce(`arm-xl-${key}`, ['sh', script, suite, mirror, release, source]);
  const root = join(folder, 'root');
  const libraries = '/usr/lib/aarch64-linux-gnu:/lib/aarch64-linux-gnu';
  const words = ['-L', root, '-E', 'LD_PRELOAD=/xl-without-xen.so', '-E', `LD_LIBRARY_PATH=${libraries}`];
  return xlRunBy(['qemu-aarch64-static', ...words, join(root, `usr/lib/xen-${release}/bin/xl`)], {
    LC_ALL: 'C',
  });
}

const isInstalled = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((directory) => existsSync(join(directory, program)));

/** Whether an xl.cfg is for an Arm host, by what it sets: x86's xl takes it for another guest. */
export const isForArm = (text: string): boolean => isArm(parseXlConfig(text).domain?.os.architecture);

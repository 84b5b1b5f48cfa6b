/**
 * Debian's xl for 64-bit Arm, run by qemu-user: the meaning of a config on an Arm host is compiled into xl. It is
 * unpacked once, into the cache of the lab, which takes two minutes and downloads 60 MB from Debian's mirror.
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
 * @returns undefined if a tool is missing, which has been reported
 * @throws if a tool is missing and V2X_REQUIRE_REAL=1
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

/** Whether an xl.cfg is for an Arm host, judging by its settings: xl for x86 reads another guest from it. */
export const isForArm = (text: string): boolean => isArm(parseXlConfig(text).domain?.os.architecture);

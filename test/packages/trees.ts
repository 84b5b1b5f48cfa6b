import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keyOf, madeOnce } from '../lab/image/cache.js';

export const suites = ['bookworm', 'trixie'] as const;
export type Suite = (typeof suites)[number];

const mirror = 'http://deb.debian.org/debian';
/** What the guest kit depends on, what Ansible needs of a host, and what runs the daemon. */
const packages = ['python3-apt', 'udev', 'xenstore-utils', 'systemd', 'dbus'];
const script = fileURLToPath(new URL('tree.sh', import.meta.url));

/**
 * A fresh tree of a suite, from the cache or made, which takes a minute and downloads 60 MB.
 * @throws without root or network
 */
export async function treeOf(suite: Suite): Promise<string> {
  const key = keyOf(suite, mirror, packages.join(), readFileSync(script, 'utf8'));
  return join(await madeOnce(`tree-${suite}-${key}`, ['sh', script, suite, mirror, packages.join()]), 'tree');
}

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { shippedPackages } from './shipped.js';

/** The license of virt2xen. */
export const ownLicense = (): string => readFileSync('LICENSE', 'utf8');

/** The licenses of all packages whose code is in those of virt2xen, with their texts. */
export function bundledLicenses(): string {
  const parts = shippedPackages().map(({ path, name, version, license }) => {
    const text = readdirSync(path).find((file) => /^licen[cs]e/i.test(file));
    const body = text === undefined ? '' : `\n${readFileSync(join(path, text), 'utf8').trim()}\n`;
    return `${name} ${version}: ${license ?? 'see its text'}\n${body}`;
  });
  return parts.join(`\n${'-'.repeat(80)}\n\n`);
}

/**
 * The license of Node, which the single executable contains: as its distribution has it, or the text of the same major
 * release that is stored here, for a Node that was installed without.
 *
 * @throws if neither exists: what contains Node must not be distributed without its license
 */
export function nodeLicense(): string {
  const [major = ''] = process.versions.node.split('.');
  const places = [
    join(dirname(dirname(process.execPath)), 'LICENSE'),
    '/usr/share/doc/nodejs/LICENSE',
    `packaging/single/node-${major}-license.txt`,
  ];
  const found = places.find((place) => existsSync(place));
  if (found !== undefined) return readFileSync(found, 'utf8');
  throw new Error(
    `the license of Node ${process.version} is in none of ${places.join(', ')}: copy it to the last`,
  );
}

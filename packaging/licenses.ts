import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly version: string; readonly license?: string; readonly dev?: boolean }>
  >;
}

/** The licenses of all packages that the command contains, with their texts. */
export function bundledLicenses(): string {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;
  const parts = Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && !dev)
    .map(([path, { version, license }]) => {
      const text = readdirSync(path).find((name) => /^licen[cs]e/i.test(name));
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      const body = text === undefined ? '' : `\n${readFileSync(join(path, text), 'utf8').trim()}\n`;
      return `${name} ${version}: ${license ?? 'see its text'}\n${body}`;
    });
  return parts.join(`\n${'-'.repeat(80)}\n\n`);
}

/**
 * The license of Node, which the single executable contains. Distributions and tarballs of Node have its text; elsewhere
 * it is named with its address, and standard error says so: a release must contain the text.
 */
export function nodeLicense(): string {
  const places = [join(dirname(dirname(process.execPath)), 'LICENSE'), '/usr/share/doc/nodejs/LICENSE'];
  const found = places.find((place) => existsSync(place));
  if (found !== undefined) return readFileSync(found, 'utf8');
  process.stderr.write(
    `warning: the license of Node is in none of ${places.join(', ')}; a release must contain its text\n`,
  );
  return `Node.js ${process.version} has the license of https://github.com/nodejs/node/blob/${process.version}/LICENSE\n`;
}

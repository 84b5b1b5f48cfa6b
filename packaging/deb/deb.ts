import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { ownLicense } from '../licenses.js';
import type { Release } from '../release.js';
import { gzip, writeTree, type Entry } from '../tree.js';

/** A package of Debian besides its files. */
export interface DebianPackage {
  readonly name: string;
  readonly architecture: string;
  /** Fields of the control file, such as Depends. */
  readonly fields: Readonly<Record<string, string>>;
  readonly summary: string;
  /** The paragraphs of the long description. */
  readonly description: readonly string[];
  /** preinst, postinst, prerm, postrm. */
  readonly scripts: Readonly<Record<string, string>>;
  /** Tags of lintian that are wrong here, each with the reason before it. */
  readonly lintianOverrides: string;
}

/** Builds a package. @param work an empty directory @returns the file */
export function buildDeb(
  contents: readonly Entry[],
  deb: DebianPackage,
  release: Release,
  work: string,
  output: string,
): string {
  const { name, architecture, scripts } = deb;
  const version = `${release.version}-1`;
  const doc = `/usr/share/doc/${name}`;
  const entries: readonly Entry[] = [
    ...contents,
    { path: `${doc}/copyright`, text: copyright() },
    { path: `${doc}/changelog.gz`, text: gzip(readFileSync('CHANGELOG.md', 'utf8')) },
    { path: `${doc}/changelog.Debian.gz`, text: gzip(debianChangelog(name, version, release)) },
    { path: `/usr/share/lintian/overrides/${name}`, text: deb.lintianOverrides },
  ];
  writeTree(work, entries, release.epochSeconds);
  const control: readonly Entry[] = [
    { path: '/DEBIAN/control', text: controlFile(deb, version, release, installedKiB(work)) },
    { path: '/DEBIAN/md5sums', text: checksums(work) },
    ...Object.entries(scripts).map(([script, text]) => ({ path: `/DEBIAN/${script}`, text, mode: 0o755 })),
  ];
  writeTree(work, control, release.epochSeconds);
  const file = join(output, `${name}_${version}_${architecture}.deb`);
  execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '-z1', '--build', work, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, SOURCE_DATE_EPOCH: String(release.epochSeconds) },
  });
  return file;
}

function controlFile(deb: DebianPackage, version: string, { maintainer }: Release, sizeKiB: number): string {
  const fields = {
    Package: deb.name,
    Version: version,
    Architecture: deb.architecture,
    Maintainer: maintainer,
    'Installed-Size': String(sizeKiB),
    ...deb.fields,
    Section: 'admin',
    Priority: 'optional',
    Description: `${deb.summary}\n ${deb.description.join('\n .\n ')}`,
  };
  return `${Object.entries(fields)
    .map(([field, value]) => `${field}: ${value}`)
    .join('\n')}\n`;
}

const debianChangelog = (name: string, version: string, { maintainer, epochSeconds }: Release): string =>
  `${name} (${version}) unstable; urgency=medium\n\n  * See changelog.gz.\n\n -- ${maintainer.includes('<') ? maintainer : `${maintainer} <>`}  ${new Date(epochSeconds * 1000).toUTCString().replace('GMT', '+0000')}\n`;

/** In Debian's format, from the file LICENSE: its title, the holder of the copyright, the text. */
function copyright(): string {
  const [, holder = '', ...paragraphs] = ownLicense().trim().split('\n\n');
  const text = paragraphs.join('\n\n').replace(/^$/gm, '.').replace(/^/gm, ' ');
  return `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: virt2xen
Comment: The licenses of the packages and of the Node that the executable
 contains are in licenses.gz and node-license.gz.

Files: *
Copyright: ${holder.replace('Copyright (c) ', '')}
License: MIT
${text}
`;
}

/** All files of a tree, relative to it. */
const filesIn = (root: string): readonly string[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => !lstatSync(join(root, path)).isDirectory())
    .sort();

const installedKiB = (root: string): number =>
  filesIn(root).reduce((sum, path) => sum + Math.ceil(lstatSync(join(root, path)).size / 1024), 0);

const checksums = (root: string): string =>
  filesIn(root)
    .filter((path) => lstatSync(join(root, path)).isFile())
    .map(
      (path) =>
        `${createHash('md5')
          .update(readFileSync(join(root, path)))
          .digest('hex')}  ${path}\n`,
    )
    .join('');

export const debianArchitecture = (): string =>
  ({ x64: 'amd64', arm64: 'arm64' })[process.arch as string] ?? process.arch;

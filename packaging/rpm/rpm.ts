import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync, copyFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Release } from '../release.js';
import { writeTree, type Entry } from '../tree.js';

/** A package of EL 9 besides its files. */
export interface RpmPackage {
  readonly name: string;
  readonly architecture: string;
  readonly summary: string;
  readonly description: string;
  /** Lines such as `Requires: systemd-udev`. */
  readonly relations: readonly string[];
  /** %post, %preun, %postun. */
  readonly scripts: Readonly<Record<string, string>>;
}

/** Builds a package. @param work an empty directory @returns the file */
export function buildRpm(
  contents: readonly Entry[],
  rpm: RpmPackage,
  release: Release,
  work: string,
  output: string,
): string {
  const tree = resolve(work, 'tree');
  writeTree(tree, contents, release.epochSeconds);
  mkdirSync(join(work, 'rpms'), { recursive: true });
  const specification = join(work, `${rpm.name}.spec`);
  writeFileSync(specification, specFile(rpm, release, tree, contents));
  const definitions = {
    _topdir: resolve(work, 'top'),
    _rpmdir: resolve(work, 'rpms'),
    _build_name_fmt: '%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm',
    _buildhost: 'reproducible',
    // For rpm 4.16 of EL 9.
    _binary_payload: 'w9.zstdio',
    use_source_date_epoch_as_buildtime: '1',
    clamp_mtime_to_source_date_epoch: '1',
    // The executable has its payload at its end, and no debugging symbols.
    __os_install_post: '%{nil}',
    debug_package: '%{nil}',
  };
  const words = Object.entries(definitions).flatMap(([name, value]) => ['--define', `${name} ${value}`]);
  execFileSync(
    'rpmbuild',
    [...words, '--quiet', '--target', `${rpm.architecture}-linux`, '-bb', specification],
    {
      stdio: 'pipe',
      env: { ...process.env, SOURCE_DATE_EPOCH: String(release.epochSeconds) },
    },
  );
  const [file = ''] = readdirSync(join(work, 'rpms'));
  copyFileSync(join(work, 'rpms', file), join(output, file));
  return join(output, file);
}

function specFile(rpm: RpmPackage, { version }: Release, tree: string, contents: readonly Entry[]): string {
  return `Name: ${rpm.name}
Version: ${version}
Release: 1
Summary: ${rpm.summary}
License: MIT
${rpm.relations.join('\n')}
AutoProv: no

%description
${rpm.description}

%install
cp -a ${tree}/. %{buildroot}/

${Object.entries(rpm.scripts)
  .map(([name, text]) => `%${name}\n${text}\n`)
  .join('\n')}
%files
%defattr(-,root,root,-)
${contents.map(({ path }) => (path.startsWith('/usr/share/licenses/') ? `%license ${path}` : path)).join('\n')}
`;
}

export const rpmArchitecture = (): string =>
  ({ x64: 'x86_64', arm64: 'aarch64' })[process.arch as string] ?? process.arch;

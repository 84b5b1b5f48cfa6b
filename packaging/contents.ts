import { readdirSync, readFileSync, statSync } from 'node:fs';
import { bashCompletion } from './completions/bash.js';
import { fishCompletion } from './completions/fish.js';
import { zshCompletion } from './completions/zsh.js';
import { bundledLicenses, nodeLicense, ownLicense } from './licenses.js';
import { exampleFile } from './man/config-page.js';
import { manPages } from './man/pages.js';
import { dayOf, type Release } from './release.js';
import { billOfFiles, softwareBill } from './sbom.js';
import { gzip, type Entry } from './tree.js';
import { programUsage } from './usage/program.js';

/** Where a kind of package installs what. */
export interface Layout {
  readonly prefix: '/usr' | '/usr/local';
  /** Below the prefix. */
  readonly zshCompletions: string;
  /** The directory of the license of a package; absent: another file of the package contains its text. */
  readonly license?: (name: string) => string;
}

/** Debian has the text of the license in the file `copyright`. */
export const debianLayout: Layout = { prefix: '/usr', zshCompletions: 'share/zsh/vendor-completions' };
export const rpmLayout: Layout = {
  prefix: '/usr',
  zshCompletions: 'share/zsh/site-functions',
  license: (name) => `/usr/share/licenses/${name}`,
};
/** The places of what no package manager installs. */
export const localLayout: Layout = {
  prefix: '/usr/local',
  zshCompletions: 'share/zsh/site-functions',
  license: (name) => `/usr/local/share/doc/${name}`,
};

const unit = 'packaging/virt2xend.service';

/** The files of the command. @param executable the single executable */
export function commandContents(executable: string, release: Release, layout: Layout): readonly Entry[] {
  const { prefix, zshCompletions } = layout;
  const program = programUsage();
  const pages = manPages(program, { version: release.version, date: dayOf(release) });
  const share = `${prefix}/share`;
  const doc = `${share}/doc/virt2xen`;
  return [
    { path: `${prefix}/bin/virt2xen`, copyOf: executable, mode: 0o755 },
    ...[...pages].map(([name, page]) => ({
      path: `${share}/man/man${name.slice(-1)}/${name}.gz`,
      text: gzip(page),
    })),
    { path: `${share}/bash-completion/completions/virt2xen`, text: bashCompletion(program) },
    { path: `${prefix}/${zshCompletions}/_virt2xen`, text: zshCompletion(program) },
    { path: `${share}/fish/vendor_completions.d/virt2xen.fish`, text: fishCompletion(program) },
    {
      path: `${prefix}/lib/systemd/system/virt2xend.service`,
      text: readFileSync(unit, 'utf8').replaceAll('/usr/bin/', `${prefix}/bin/`),
    },
    { path: `${doc}/examples/config.toml`, text: `${exampleFile()}\n` },
    { path: `${doc}/sbom.cdx.json`, text: softwareBill(release, process.versions.node) },
    ...licenseOf('virt2xen', layout),
    { path: `${doc}/licenses.gz`, text: gzip(bundledLicenses()) },
    { path: `${doc}/node-license.gz`, text: gzip(nodeLicense()) },
    ...readdirSync('docs')
      .filter((name) => name.endsWith('.md'))
      .map((name) => ({ path: `${doc}/${name}`, copyOf: `docs/${name}` })),
  ];
}

/** What `npm pack` adds to the built command and library: the same, below dist/. */
export function npmContents(release: Release): readonly Entry[] {
  const program = programUsage();
  const pages = manPages(program, { version: release.version, date: dayOf(release) });
  return [
    ...[...pages].map(([name, text]) => ({ path: `man/${name}`, text })),
    { path: 'completions/virt2xen.bash', text: bashCompletion(program) },
    { path: 'completions/_virt2xen', text: zshCompletion(program) },
    { path: 'completions/virt2xen.fish', text: fishCompletion(program) },
    { path: 'sbom.cdx.json', text: softwareBill(release) },
    { path: 'licenses.txt', text: bundledLicenses() },
  ];
}

/** The files of the package virt2xen-guest-kit: what install.sh installs below /etc, in the places of packages. */
export function guestKitContents(release: Release, layout: Layout): readonly Entry[] {
  const kit = (name: string, path: string): Entry => ({
    path,
    text: readFileSync(`cli/guest-kit/${name}`),
    mode: statSync(`cli/guest-kit/${name}`).mode & 0o111 ? 0o755 : 0o644,
  });
  const name = 'virt2xen-guest-kit';
  const units = '/usr/lib/systemd/system';
  const doc = `/usr/share/doc/${name}`;
  const files = [
    ...['xen-channel-name', 'xen-channel-agent', 'xen-channel-raw'].map((script) =>
      kit(script, `/usr/lib/xen-channel/${script}`),
    ),
    kit('60-xen-channel.rules', '/usr/lib/udev/rules.d/60-xen-channel.rules'),
    kit('xen-channel-raw@.service', `${units}/xen-channel-raw@.service`),
    kit('qemu-guest-agent.conf', `${units}/qemu-guest-agent.service.d/xen-channel.conf`),
    // No login prompt on channels: a getty would answer the client of the agent.
    ...[1, 2, 3, 4, 5, 6, 7].map((number) => ({
      path: `${units}/serial-getty@hvc${number}.service`,
      linkTo: '/dev/null',
    })),
    kit('README.md', `${doc}/README.md`),
    ...licenseOf(name, layout),
  ];
  return [...files, { path: `${doc}/sbom.cdx.json`, text: billOfFiles(name, files, release) }];
}

const licenseOf = (name: string, { license }: Layout): readonly Entry[] =>
  license === undefined ? [] : [{ path: `${license(name)}/LICENSE`, text: ownLicense() }];

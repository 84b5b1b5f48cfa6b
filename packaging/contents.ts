import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { bashCompletion } from './completions/bash.js';
import { fishCompletion } from './completions/fish.js';
import { zshCompletion } from './completions/zsh.js';
import { bundledLicenses, nodeLicense } from './licenses.js';
import { exampleFile } from './man/config-page.js';
import { manPages } from './man/pages.js';
import { dayOf, type Release } from './release.js';
import { softwareBill } from './sbom.js';
import { gzip, type Entry } from './tree.js';
import { programUsage } from './usage/program.js';

/** Where a family of distributions has what the other has elsewhere. */
export interface Layout {
  readonly zshCompletions: string;
}

export const debianLayout: Layout = { zshCompletions: '/usr/share/zsh/vendor-completions' };
export const rpmLayout: Layout = { zshCompletions: '/usr/share/zsh/site-functions' };

const unit = 'packaging/virt2xend.service';

/** Whether there is a daemon to run. */
export const hasUnit = existsSync(unit);

/** The files of the package virt2xen. @param executable the single executable */
export function commandContents(executable: string, release: Release, layout: Layout): readonly Entry[] {
  const program = programUsage();
  const pages = manPages(program, { version: release.version, date: dayOf(release) });
  const doc = '/usr/share/doc/virt2xen';
  return [
    { path: '/usr/bin/virt2xen', copyOf: executable, mode: 0o755 },
    ...[...pages].map(([name, page]) => ({
      path: `/usr/share/man/man${name.slice(-1)}/${name}.gz`,
      text: gzip(page),
    })),
    { path: '/usr/share/bash-completion/completions/virt2xen', text: bashCompletion(program) },
    { path: `${layout.zshCompletions}/_virt2xen`, text: zshCompletion(program) },
    { path: '/usr/share/fish/vendor_completions.d/virt2xen.fish', text: fishCompletion(program) },
    ...(hasUnit ? [{ path: '/usr/lib/systemd/system/virt2xend.service', copyOf: unit }] : []),
    { path: `${doc}/examples/config.toml`, text: `${exampleFile()}\n` },
    { path: `${doc}/sbom.cdx.json`, text: softwareBill(release, process.versions.node) },
    { path: `${doc}/licenses.gz`, text: gzip(bundledLicenses()) },
    { path: `${doc}/node-license.gz`, text: gzip(nodeLicense()) },
    ...readdirSync('docs')
      .filter((name) => name.endsWith('.md'))
      .map((name) => ({ path: `${doc}/${name}`, copyOf: `docs/${name}` })),
  ];
}

/** The files of the package virt2xen-guest-kit: what install.sh installs below /etc, in the places of packages. */
export function guestKitContents(): readonly Entry[] {
  const kit = (name: string, path: string): Entry => ({
    path,
    text: readFileSync(`cli/guest-kit/${name}`),
    mode: statSync(`cli/guest-kit/${name}`).mode & 0o111 ? 0o755 : 0o644,
  });
  const units = '/usr/lib/systemd/system';
  return [
    ...['xen-channel-name', 'xen-channel-agent', 'xen-channel-raw'].map((name) =>
      kit(name, `/usr/lib/xen-channel/${name}`),
    ),
    kit('60-xen-channel.rules', '/usr/lib/udev/rules.d/60-xen-channel.rules'),
    kit('xen-channel-raw@.service', `${units}/xen-channel-raw@.service`),
    kit('qemu-guest-agent.conf', `${units}/qemu-guest-agent.service.d/xen-channel.conf`),
    // No login prompt on channels: a getty would answer the client of the agent.
    ...[1, 2, 3, 4, 5, 6, 7].map((number) => ({
      path: `${units}/serial-getty@hvc${number}.service`,
      linkTo: '/dev/null',
    })),
    kit('README.md', '/usr/share/doc/virt2xen-guest-kit/README.md'),
  ];
}

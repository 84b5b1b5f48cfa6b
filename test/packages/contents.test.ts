import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manPages } from '../../packaging/man/pages.js';
import { programUsage } from '../../packaging/usage/program.js';
import { builtPackages, needsPackages, type Built } from './built.js';
import { runIn } from './tree.js';
import { suites, treeOf } from './trees.js';

const pages = [...manPages(programUsage(), { version: '', date: '' }).keys()];
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

interface Bill {
  readonly bomFormat: string;
  readonly metadata: { readonly component: { readonly name: string; readonly version: string } };
  readonly components: readonly { readonly name: string }[];
}

describe('the contents of the packages', function () {
  this.timeout(900_000);
  let built: Built;
  before(function () {
    needsPackages(this);
    built = builtPackages();
  });

  const run = (script: string, file: string): string =>
    execFileSync('bash', ['-euo', 'pipefail', '-c', script, 'bash', join(built.directory, file)], {
      encoding: 'utf8',
      maxBuffer: 1e8,
    });
  /** The paths of the files in a package, and one of them, by kind of package. */
  const archives = {
    deb: ['dpkg-deb --fsys-tarfile "$1" | tar -t', 'dpkg-deb --fsys-tarfile "$1" | tar -xO'],
    rpm: ['rpm2cpio "$1" | cpio -t --quiet', 'rpm2cpio "$1" | cpio -i --quiet --to-stdout'],
    tar: ['tar -tzf "$1"', 'tar -xzOf "$1"'],
    npm: ['tar -tzf "$1"', 'tar -xzOf "$1"'],
  } as const;
  const filesOf = (kind: keyof typeof archives, file: string): readonly string[] =>
    run(archives[kind][0], file)
      .split('\n')
      .map((path) => path.replace(/^\.?\//, ''));
  const billOf = (kind: keyof typeof archives, file: string): Bill => {
    const [path = ''] = /^.*sbom\.cdx\.json$/m.exec(run(archives[kind][0], file)) ?? [];
    return JSON.parse(run(`${archives[kind][1]} '${path}'`, file)) as Bill;
  };

  const manuals = (share: string, ending: string): readonly string[] =>
    pages.map((page) => `${share}man${page.slice(-1)}/${page}${ending}`);
  const expected = {
    deb: [
      'usr/bin/virt2xen',
      ...manuals('usr/share/man/', '.gz'),
      'usr/share/bash-completion/completions/virt2xen',
      'usr/share/zsh/vendor-completions/_virt2xen',
      'usr/share/fish/vendor_completions.d/virt2xen.fish',
      'usr/lib/systemd/system/virt2xend.service',
      'usr/share/doc/virt2xen/copyright',
      'usr/share/doc/virt2xen/licenses.gz',
      'usr/share/doc/virt2xen/node-license.gz',
    ],
    rpm: [
      'usr/bin/virt2xen',
      ...manuals('usr/share/man/', '.gz'),
      'usr/share/bash-completion/completions/virt2xen',
      'usr/share/zsh/site-functions/_virt2xen',
      'usr/share/fish/vendor_completions.d/virt2xen.fish',
      'usr/lib/systemd/system/virt2xend.service',
      'usr/share/licenses/virt2xen/LICENSE',
      'usr/share/doc/virt2xen/licenses.gz',
      'usr/share/doc/virt2xen/node-license.gz',
    ],
    tar: [
      'usr/local/bin/virt2xen',
      ...manuals('usr/local/share/man/', '.gz'),
      'usr/local/share/bash-completion/completions/virt2xen',
      'usr/local/share/zsh/site-functions/_virt2xen',
      'usr/local/share/fish/vendor_completions.d/virt2xen.fish',
      'usr/local/lib/systemd/system/virt2xend.service',
      'usr/local/share/doc/virt2xen/LICENSE',
      'usr/local/share/doc/virt2xen/licenses.gz',
      'usr/local/share/doc/virt2xen/node-license.gz',
    ],
    npm: [
      'package/dist/cli/main.cjs',
      ...pages.map((page) => `package/dist/man/${page}`),
      'package/dist/completions/virt2xen.bash',
      'package/dist/completions/_virt2xen',
      'package/dist/completions/virt2xen.fish',
      'package/packaging/virt2xend.service',
      'package/LICENSE',
      'package/dist/licenses.txt',
    ],
  };

  for (const kind of ['deb', 'rpm', 'tar', 'npm'] as const) {
    it(`of the command have man pages, completions, the unit, licenses and a bill of materials: ${kind}`, () => {
      expect(filesOf(kind, built.names[kind])).to.include.members(expected[kind]);
      const { bomFormat, metadata, components } = billOf(kind, built.names[kind]);
      const names = components.map(({ name }) => name);
      expect([bomFormat, metadata.component.name, metadata.component.version]).to.deep.equal([
        'CycloneDX',
        'virt2xen',
        version,
      ]);
      // What the command, the page and the executable contain, and nothing that only builds them.
      expect(names).to.include.members(['fast-xml-parser', '@codemirror/view', 'style-mod']);
      expect(names).not.to.include.members(['esbuild']);
      expect(names.includes('node')).to.equal(kind !== 'npm');
    });
  }

  for (const [kind, name] of [
    ['deb', 'kitDeb'],
    ['rpm', 'kitRpm'],
  ] as const) {
    it(`of the guest kit have a license and a bill of all files: ${kind}`, () => {
      const { metadata, components } = billOf(kind, built.names[name]);
      expect(metadata.component.name).to.equal('virt2xen-guest-kit');
      const files = filesOf(kind, built.names[name]);
      const license =
        kind === 'deb' ? 'doc/virt2xen-guest-kit/copyright' : 'licenses/virt2xen-guest-kit/LICENSE';
      expect(files).to.include(`usr/share/${license}`);
      const parts = [
        'usr/lib/xen-channel/xen-channel-name',
        'usr/lib/xen-channel/xen-channel-agent',
        'usr/lib/udev/rules.d/60-xen-channel.rules',
        'usr/lib/systemd/system/xen-channel-raw@.service',
      ];
      expect(files).to.include.members(parts);
      expect(components.map((component) => component.name)).to.include.members(
        parts.map((path) => `/${path}`),
      );
    });
  }

  it('are installed by npm: the command, and its man pages', () => {
    const prefix = mkdtempSync(join(tmpdir(), 'virt2xen-npm-'));
    try {
      const words = [
        'install',
        '-g',
        '--prefer-offline',
        '--ignore-scripts',
        '--no-audit',
        '--prefix',
        prefix,
      ];
      execFileSync('npm', [...words, join(built.directory, built.names.npm)], { stdio: 'pipe' });
      const read = (path: string): string => readFileSync(join(prefix, path), 'utf8');
      for (const page of pages)
        expect(read(`share/man/man${page.slice(-1)}/${page}`), page).to.match(/^\.TH /);
      expect(execFileSync(join(prefix, 'bin/virt2xen'), ['--version'], { encoding: 'utf8' })).to.equal(
        `${version}\n`,
      );
    } finally {
      rmSync(prefix, { recursive: true });
    }
  });

  it('run where they are extracted on a host without Node, with the page', async () => {
    for (const suite of suites) {
      const script = `
        tar -C / -xzf /packages/${built.names.tar}
        virt2xen --version
        virt2xen convert --quiet /packages/vm.xml 2>/dev/null | head -n 1
        virt2xen web /packages/vm.xml -o /tmp/page.html
        grep -c '<!doctype html>' /tmp/page.html
        grep ^ExecStart= /usr/local/lib/systemd/system/virt2xend.service`;
      expect(runIn(await treeOf(suite), built.directory, 'inside', script), suite).to.equal(
        `${version}\nname = "i-7-112-VM"\n1\nExecStart=/usr/local/bin/virt2xen daemon\n`,
      );
    }
  });
});

import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtPackages, needsPackages, type Built } from './built.js';
import { runIn } from './tree.js';
import { suites, treeOf } from './trees.js';

describe('the packages', function () {
  this.timeout(900_000);
  let directory = '';
  let names: Built['names'];
  const trees = new Map<string, string>();

  before(async function () {
    needsPackages(this);
    ({ directory, names } = builtPackages());
    for (const suite of suites) trees.set(suite, await treeOf(suite));
  });

  const inside = (suite: string, script: string): string =>
    runIn(trees.get(suite) ?? '', directory, 'inside', script);
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const expected = readFileSync('fixtures/cloudstack/user-vm.cfg', 'utf8');

  it('of Debian have no errors of lintian', () => {
    const files = [names.deb, names.kitDeb].map((name) => join(directory, name));
    const output = execFileSync('lintian', ['--allow-root', '--fail-on', 'error', ...files], {
      encoding: 'utf8',
    });
    expect(output).not.to.match(/^E:/m);
  });

  for (const suite of suites) {
    it(`install and run on a fresh ${suite}, without Node`, () => {
      const output = inside(
        suite,
        `! command -v node
        apt-get -qq install -y /packages/${names.deb} >/dev/null
        virt2xen --version
        virt2xen convert --quiet /packages/vm.xml 2>/dev/null`,
      );
      expect(output).to.equal(`${version}\n${expected}`);
    });

    it(`upgrade, are removed and purged on ${suite}; hooks go with their command, others stay`, () => {
      const output = inside(
        suite,
        `files() { find / -xdev ! -type d ! -path '/packages/*' ! -path '/var/*' ! -path '/tmp/*' | sort; }
        files >/tmp/before
        dpkg -i /packages/old.deb >/dev/null
        virt2xen hook install vdsm >/dev/null
        mkdir -p /etc/libvirt/hooks/libxl.d
        virt2xen hook install libvirt --command '/opt/virt2xen' >/dev/null
        dpkg -i /packages/${names.deb} >/dev/null
        dpkg-query -W -f '\${Version}\\n' virt2xen
        /usr/libexec/vdsm/hooks/before_vm_start/50_virt2xen 2>&1 || echo "status $?"
        dpkg -r virt2xen >/dev/null
        test ! -e /usr/libexec/vdsm/hooks/before_vm_start/50_virt2xen
        dpkg -P virt2xen >/dev/null
        files | diff /tmp/before - || true`,
      );
      expect(output.split('\n').filter((line) => !/^\d/.test(line) || line.includes(version))).to.deep.equal([
        `${version}-1`,
        'virt2xen: _hook_domxml is not set; install this hook for before_vm_start',
        'status 2',
        '> /etc/libvirt/hooks/libxl.d/50-virt2xen',
        '> /etc/libvirt/hooks/qemu.d/50-virt2xen',
        '',
      ]);
    });

    it(`of the guest kit install on ${suite} and are purged without a trace`, () => {
      const output = inside(
        suite,
        `find / -xdev ! -type d ! -path '/packages/*' ! -path '/var/*' ! -path '/tmp/*' | sort >/tmp/before
        dpkg -i /packages/${names.kitDeb} >/dev/null
        readlink /usr/lib/systemd/system/serial-getty@hvc1.service
        sh -n /usr/lib/xen-channel/xen-channel-name && stat -c %a /usr/lib/xen-channel/xen-channel-name
        dpkg -P virt2xen-guest-kit >/dev/null
        find / -xdev ! -type d ! -path '/packages/*' ! -path '/var/*' ! -path '/tmp/*' | sort | diff /tmp/before -`,
      );
      expect(output).to.equal('/dev/null\n755\n');
    });
  }

  it('of EL 9 install into a root, run there, and are removed', () => {
    const script = `
      rpm() { command rpm --root "$ROOT" --define '_dbpath /var/lib/rpm' --nosignature "$@" 2>/dev/null; }
      rpm --nodeps -i "$ROOT/packages/${names.rpm}" "$ROOT/packages/${names.kitRpm}"
      chroot "$ROOT" virt2xen --version
      chroot "$ROOT" virt2xen convert --quiet /packages/vm.xml 2>/dev/null
      chroot "$ROOT" virt2xen hook install vdsm >/dev/null
      rpm -q virt2xen virt2xen-guest-kit
      rpm --nodeps -e virt2xen virt2xen-guest-kit
      test ! -e "$ROOT/usr/libexec/vdsm/hooks/before_vm_start/50_virt2xen"
      test ! -e "$ROOT/usr/bin/virt2xen"
      test ! -e "$ROOT/usr/lib/xen-channel/xen-channel-name"`;
    const output = runIn(trees.get('bookworm') ?? '', directory, 'beside', script);
    const hooks = ['before_vm_start', 'before_vm_hibernate', 'before_vm_migrate_source'].map(
      (event) => `/usr/libexec/vdsm/hooks/${event}/50_virt2xen`,
    );
    const removed = [hooks[0], '/etc/sudoers.d/50_virt2xen', ...hooks.slice(1)]
      .map((path) => `removed ${path}\n`)
      .join('');
    expect(output).to.equal(
      `${version}\n${expected}virt2xen-${version}-1.x86_64\nvirt2xen-guest-kit-${version}-1.noarch\n${removed}`,
    );
  });

  it('are the same bytes when they are built again', () => {
    const again = mkdtempSync(join(tmpdir(), 'virt2xen-packages-'));
    try {
      execFileSync('npm', ['run', '--silent', 'packages', again], { stdio: ['ignore', 'pipe', 'inherit'] });
      for (const name of readdirSync(again))
        expect(readFileSync(join(again, name)).equals(readFileSync(join(directory, name))), name).to.equal(
          true,
        );
    } finally {
      rmSync(again, { recursive: true });
    }
  });
});

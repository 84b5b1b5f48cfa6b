import { expect } from 'chai';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandPath } from './command.js';
import { needsProgram } from './requirements.js';

const kit = 'cli/guest-kit';

/** A shell of a guest: the program and its arguments. */
type Shell = readonly [string, ...string[]];
const shells: readonly Shell[] = [['sh'], ['dash'], ['busybox', 'sh']];

let folder = '';

/** A simulated guest with these channels by number: sysfs, terminals, and an xenstore-read that prints their names. */
function guestWith(
  names: Readonly<Record<number, string>>,
  terminals: readonly number[] = [1, 2, 3, 4, 5, 6, 7],
): void {
  for (const part of ['sys/bus/xen/devices', 'dev', 'bin', 'names'])
    mkdirSync(join(folder, part), { recursive: true });
  for (const [number, name] of Object.entries(names)) {
    mkdirSync(join(folder, `sys/bus/xen/devices/console-${number}`));
    writeFileSync(join(folder, 'names', number), `${name}\n`);
  }
  for (const number of terminals) writeFileSync(join(folder, `dev/hvc${number}`), '');
  const script = `#!/bin/sh\nn=\${1#device/console/}\nexec cat "${folder}/names/\${n%/name}"\n`;
  writeFileSync(join(folder, 'bin/xenstore-read'), script, { mode: 0o755 });
}

function nameOf(shell: Shell, number: string): { readonly status: number | null; readonly stdout: string } {
  const [program, ...args] = shell;
  return spawnSync(program, [...args, join(kit, 'xen-channel-name'), number], {
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      XEN_CHANNEL_PATH: `${join(folder, 'bin')}:/usr/bin:/bin`,
      XEN_CHANNEL_SYSFS: join(folder, 'sys'),
      XEN_CHANNEL_DEV: join(folder, 'dev'),
    },
  });
}

describe('the guest kit', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'virt2xen-guest-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  for (const shell of shells) {
    describe(`in ${shell.join(' ')}`, () => {
      before(function () {
        needsProgram(this, shell[0]);
      });

      it('prints the name of a channel by the number of its terminal', () => {
        guestWith({ 1: 'org.qemu.guest_agent.0', 7: 'v-31-VM.vport' });
        expect(nameOf(shell, '1')).to.include({ status: 0, stdout: 'org.qemu.guest_agent.0\n' });
        expect(nameOf(shell, '7')).to.include({ status: 0, stdout: 'v-31-VM.vport\n' });
      });

      it('prints nothing for a terminal without a channel, or that cannot be opened', () => {
        guestWith({ 1: 'a', 2: 'b' }, [1]);
        expect(nameOf(shell, '3')).to.include({ status: 1, stdout: '' });
        expect(nameOf(shell, '2')).to.include({ status: 1, stdout: '' });
      });

      it('accepts only the digits 1 to 7', () => {
        guestWith({ 1: 'a' });
        for (const number of ['', '0', '8', '11', '1/../1', '-1', '*', '1 2']) {
          expect(nameOf(shell, number), number).to.include({ status: 1, stdout: '' });
        }
      });

      it('prints the name of two channels only for the first', () => {
        guestWith({ 2: 'a', 3: 'a', 4: 'b' });
        expect(nameOf(shell, '2').stdout).to.equal('a\n');
        expect(nameOf(shell, '3')).to.include({ status: 1, stdout: '' });
        expect(nameOf(shell, '4').stdout).to.equal('b\n');
      });

      it('rejects unsafe names', () => {
        const hostile = [
          '',
          '.',
          '..',
          '.hidden',
          '-rf',
          '../../etc/passwd',
          'a/b',
          '/dev/sda',
          'a b',
          'a\nb',
          'a\n',
          '\na',
          '$(touch x)',
          '`id`',
          'a;id',
          'a|b',
          'a&b',
          'a>b',
          '*',
          '[a]',
          '?',
          '~',
          'a"b',
          "a'b",
          'a\\b',
          '\u00e9',
          'a\u0001',
          '%c',
          '$name',
          'x'.repeat(201),
        ];
        for (const name of hostile) {
          rmSync(folder, { recursive: true });
          mkdirSync(folder);
          guestWith({ 1: name });
          expect(nameOf(shell, '1'), JSON.stringify(name)).to.include({ status: 1, stdout: '' });
        }
      });

      it('can be installed twice below a directory, and uninstalled', () => {
        const root = join(folder, 'guest');
        const run = (...args: readonly string[]): string => {
          const [program, ...first] = shell;
          return execFileSync(program, [...first, join(kit, 'install.sh'), ...args, '--root', root], {
            encoding: 'utf8',
          });
        };
        expect(run()).to.include('60-xen-channel.rules').and.equal(run());
        expect(readlinkSync(join(root, 'etc/systemd/system/serial-getty@hvc7.service'))).to.equal(
          '/dev/null',
        );
        expect(existsSync(join(root, 'usr/lib/xen-channel/xen-channel-name'))).to.equal(true);
        run('--uninstall');
        const left = readdirSync(root, { recursive: true, withFileTypes: true });
        expect(left.filter((entry) => !entry.isDirectory())).to.deep.equal([]);
      });

      it('does not change files that it has not written', () => {
        const root = join(folder, 'guest');
        const theirs = join(root, 'etc/udev/rules.d');
        mkdirSync(theirs, { recursive: true });
        writeFileSync(join(theirs, '60-xen-channel.rules'), '# mine\n');
        const [program, ...first] = shell;
        const install = (...args: readonly string[]) =>
          spawnSync(program, [...first, join(kit, 'install.sh'), ...args, '--root', root], {
            encoding: 'utf8',
          });
        expect(install())
          .to.include({ status: 1 })
          .and.property('stderr')
          .include('does not belong to the kit');
        install('--uninstall');
        expect(readFileSync(join(theirs, '60-xen-channel.rules'), 'utf8')).to.equal('# mine\n');
      });
    });
  }

  it('is written by virt2xen guest-kit', () => {
    const target = join(folder, 'kit');
    execFileSync(process.execPath, [commandPath, 'guest-kit', target]);
    expect(readdirSync(target)).to.deep.equal(readdirSync(kit));
  });
});

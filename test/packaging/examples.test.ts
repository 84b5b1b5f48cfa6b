import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { exampleFile } from '../../packaging/man/config-page.js';
import { programUsage } from '../../packaging/usage/program.js';
import { temporaryDirectory } from '../cli/virt2xen.js';
import { commandPath } from '../command.js';
import { pvXml } from '../libvirt/domains.js';

/** Commands that work on running domains: here they must get as far as looking for xenstored or the agent. */
const onHosts = ['attach', 'detach', 'list', 'status', 'wait', 'send', 'receive', 'restore-config', 'agent'];

describe('the examples of the man pages', () => {
  const { path, remove } = temporaryDirectory();
  after(remove);

  before(() => {
    for (const directory of ['bin', 'cfgs', 'qemu', 'root']) mkdirSync(join(path, directory));
    const program = (name: string, text: string): void => {
      writeFileSync(join(path, 'bin', name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(path, 'bin', name), 0o755);
    };
    program('virt2xen', `exec '${process.execPath}' '${commandPath}' "$@"`);
    program('virsh', `cat '${join(path, 'domain.xml')}'`);
    copyFileSync('fixtures/cloudstack/user-vm.xml', join(path, 'domain.xml'));
    copyFileSync('fixtures/cloudstack/user-vm.cfg', join(path, 'guest.cfg'));
    copyFileSync('fixtures/cloudstack/user-vm.cfg', join(path, 'web01.cfg'));
    writeFileSync(join(path, 'vm.xml'), pvXml("<channel type='pty'><target type='xen' name='a'/></channel>"));
    writeFileSync(join(path, 'xen.xml'), pvXml());
    writeFileSync(join(path, 'qemu', 'a.xml'), pvXml());
    writeFileSync(join(path, 'cmdline'), 'template=domP');
    writeFileSync(join(path, 'new.toml'), exampleFile());
  });

  /** In a shell, as it is pasted; without the directories and groups of this machine. */
  const run = (example: string) =>
    spawnSync(
      'sh',
      [
        '-c',
        example
          .replace('/etc/libvirt/qemu', 'qemu')
          .replace(':kvm', ':0')
          .replace(/hook (un)?install \w+/, '$& --root root'),
      ],
      {
        cwd: path,
        encoding: 'utf8',
        env: {
          ...process.env,
          PATH: `${join(path, 'bin')}:${process.env['PATH'] ?? ''}`,
          XENSTORED_PATH: resolve(path, 'no-xenstored'),
        },
      },
    );

  for (const { name, examples } of programUsage().commands) {
    for (const { command } of examples.filter(({ command: text }) => text.includes('virt2xen '))) {
      it(`run: ${command}`, () => {
        const { status, stdout, stderr } = run(command);
        if (onHosts.includes(name)) {
          // 255: exec, whose status is otherwise that of the program.
          expect([3, 255], stderr).to.include(status);
          expect(stdout + stderr).to.match(/no-xenstored|\/run\/agent\.sock/);
          return;
        }
        // Status 1: a document with errors, or a host without Xen, as the example shows how to find out.
        expect([0, 1], stderr).to.include(status);
        expect(stdout + stderr).not.to.equal('');
      });
    }
  }
});

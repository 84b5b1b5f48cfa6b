import { expect } from 'chai';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { exampleFile } from '../../packaging/man/config-page.js';
import { programUsage } from '../../packaging/usage/program.js';
import { temporaryDirectory } from '../cli/virt2xen.js';
import { commandPath } from '../command.js';
import { pvXml } from '../libvirt/domains.js';

/** Commands that work on running domains: here they must get as far as looking for xenstored or the agent. */
const onHosts = ['attach', 'detach', 'list', 'status', 'wait', 'send', 'receive', 'restore-config', 'agent'];

/** Commands that ask the daemon, which does not run here. */
const ofDaemon = ['events', 'metrics'];

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

  /** As it is pasted into a shell, but without the directories, sockets and groups of this machine. */
  const here = (example: string): string =>
    example
      .replace('/etc/libvirt/qemu', 'qemu')
      .replace(':kvm', ':0')
      .replace(/hook (un)?install \w+/, '$& --root root')
      .replace(/virt2xen (events|metrics)/, '$& --control no-daemon')
      .replace('virt2xen daemon', 'exec $& --control daemon --documents cfgs --runtime-dir run');
  const options = () => ({
    cwd: path,
    env: {
      ...process.env,
      PATH: `${join(path, 'bin')}:${process.env['PATH'] ?? ''}`,
      XENSTORED_PATH: resolve(path, 'no-xenstored'),
    },
  });
  const run = (example: string) => spawnSync('sh', ['-c', here(example)], { ...options(), encoding: 'utf8' });

  /** Stops a program that runs until it is stopped, when it has looked for xenstored. @returns its exit status */
  async function runUntilItLooks(example: string): Promise<unknown> {
    const child = spawn('sh', ['-c', here(example)], options());
    const ended = once(child, 'close');
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('no-xenstored')) child.kill('SIGTERM');
    });
    const [status] = (await ended) as [unknown];
    expect(said).to.contain('no-xenstored');
    return status;
  }

  for (const { name, examples } of programUsage().commands) {
    for (const { command } of examples.filter(({ command: text }) => text.includes('virt2xen '))) {
      it(`run: ${command}`, async () => {
        if (name === 'daemon') {
          expect(await runUntilItLooks(command)).to.equal(0);
          return;
        }
        const { status, stdout, stderr } = run(command);
        if (onHosts.includes(name)) {
          // 255: exec, whose status is otherwise that of the program.
          expect([3, 255], stderr).to.include(status);
          expect(stdout + stderr).to.match(/no-xenstored|\/run\/agent\.sock/);
          return;
        }
        if (ofDaemon.includes(name)) {
          expect(status, stderr).to.equal(3);
          expect(stderr).to.equal(
            'virt2xen: the daemon does not run: no process listens on no-daemon; start virt2xend\n',
          );
          return;
        }
        // Status 1: a document with errors, or a host without Xen, as the example shows how to find out.
        expect([0, 1], stderr).to.include(status);
        const written = / -o (\S+)$/.exec(command)?.[1];
        if (written === undefined) expect(stdout + stderr).not.to.equal('');
        else expect(existsSync(join(path, written)), written).to.equal(true);
      });
    }
  }
});

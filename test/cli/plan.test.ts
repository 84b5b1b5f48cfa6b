import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory, virt2xen } from './virt2xen.js';

const config = 'name = "a"\nkernel = "/k"\nmemory = 32\nchannel = [ "connection=pty,name=agent" ]\n';

describe('virt2xen plan', () => {
  const { path: cwd, remove } = temporaryDirectory();
  after(remove);
  const plan = (...options: readonly string[]) =>
    virt2xen(['plan', 'a.cfg', '--domid', '7', ...options], { cwd });

  it('reads a document of more than 4 MiB if --max-input-size allows it', () => {
    writeFileSync(join(cwd, 'a.cfg'), `${config}#${' '.repeat(4 * 1024 * 1024)}\n`);
    const refused = plan();
    expect([refused.status, refused.stderr]).to.satisfy(
      ([status, text]: [number, string]) => status === 1 && text.includes('input-too-large'),
    );
    const { status, stdout } = plan('--max-input-size', '5000000');
    expect([status, stdout.includes('agent')]).to.deep.equal([0, true]);
  });

  it('draws the path of each channel with --diagram', () => {
    writeFileSync(join(cwd, 'a.cfg'), config);
    const { status, stdout } = plan('--diagram');
    expect(status).to.equal(0);
    expect(stdout).to.match(/^channel 1: agent\n[^]*terminal[^]*QEMU[^]*ring page[^]*\/dev\/hvc1\n/);
    expect(plan('--diagram', '--script').status).to.equal(2);
  });

  it('draws the ports that a guest is started with', () => {
    writeFileSync(join(cwd, 'a.cfg'), config.replace('kernel = "/k"', 'type = "hvm"'));
    const { status, stdout } = plan('--diagram', '--transport', 'virtio-serial');
    expect(status).to.equal(0);
    expect(stdout).to.match(/^port [0-9]+: agent\n[^]*virtio port[^]*\/dev\/virtio-ports\/agent\n/);
  });

  it('uses --ring-buffer only for the size of the buffer', () => {
    writeFileSync(join(cwd, 'a.cfg'), config);
    const { status, stdout } = plan('--ring-buffer', '2048', '--script');
    expect([status, stdout.includes('2048')]).to.deep.equal([0, true]);
  });
});

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

  it('uses --ring-buffer only for the size of the buffer', () => {
    writeFileSync(join(cwd, 'a.cfg'), config);
    const { status, stdout } = plan('--ring-buffer', '2048', '--script');
    expect([status, stdout.includes('2048')]).to.deep.equal([0, true]);
  });
});

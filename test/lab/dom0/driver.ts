/** What libvirt's Xen driver says of domains that this machine could not run, or has no disks for. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Dom0 } from './dom0.js';
import { startLibvirt, stopLibvirt } from './libvirt.js';

const source = fileURLToPath(new URL('hvm-capable.c', import.meta.url));
const folder = '/run/lab/domains';
const mark = 'the next domain';

/** What the driver says when it is done itself, and libxl did not take over (libxl_domain.c: libxlDomainStart). */
const handedOver = "libxenlight failed to create new domain 'g'";

/**
 * Defines and starts domains that are called `g`; nothing is made of them.
 * @returns for each `accepted` if the driver came as far as handing it over to libxl, else its message
 */
export async function judgeByDriver(dom0: Dom0, documents: readonly string[]): Promise<readonly string[]> {
  await dom0.write(`${folder}/hvm-capable.so`, builtLibrary());
  // All at once, for each command takes long.
  const unpack = `JSON.parse(fs.readFileSync(0)).forEach((text, i) => fs.writeFileSync('${folder}/' + i + '.xml', text))`;
  await dom0.run(['node', '-e', unpack], { input: JSON.stringify(documents) });
  await stopLibvirt(dom0);
  try {
    await startLibvirt(dom0, `LD_PRELOAD=${folder}/hvm-capable.so`);
    const commands = documents.map(
      (_, i) => `echo --err ${mark}\ndefine ${folder}/${i}.xml\nstart g\nundefine g\n`,
    );
    const { stderr } = await dom0.attempt(['virsh', '-q', '-c', 'xen:///system'], {
      input: commands.join(''),
    });
    const [, ...said] = stderr.split(`${mark}\n`);
    return said.map((text) => (text.includes(handedOver) ? 'accepted' : text.trim().replaceAll(/\s+/g, ' ')));
  } finally {
    await stopLibvirt(dom0);
    await startLibvirt(dom0);
  }
}

function builtLibrary(): Buffer {
  const scratch = mkdtempSync(join(tmpdir(), 'virt2xen-lab-'));
  try {
    const library = join(scratch, 'hvm-capable.so');
    execFileSync('gcc', ['-Wall', '-shared', '-fPIC', '-o', library, source, '-ldl']);
    return readFileSync(library);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repeatedSamples } from '../libvirt/repeated-samples.js';
import { missing } from '../requirements.js';

/*
 * libvirt's reader of domain XML, in virsh with the test driver, which needs no daemon and does not change the machine.
 */

const domain = (name: string, inside: string): string =>
  `<domain type='test'><name>${name}</name><uuid>7c1b2e64-9f0d-4a0b-b6f5-0d2d5d3f8e21</uuid><memory>1048576</memory><vcpu>2</vcpu><os><type arch='x86_64'>hvm</type></os>${inside}</domain>`;

describe("libvirt's reading of repeated elements", () => {
  let folder = '';
  before(function () {
    if (spawnSync('virsh', ['--version']).status !== 0) {
      missing('virsh', 'libvirt-clients', 'there is no virsh');
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), 'virt2xen-repeated-'));
  });
  after(() => {
    if (folder !== '') rmSync(folder, { recursive: true });
  });

  const read = (inside: string): string => {
    const file = join(folder, 'domain.xml');
    writeFileSync(file, domain('g', inside));
    const script = `define ${file}; dumpxml g`;
    const { stdout, stderr, status } = spawnSync('virsh', ['-q', '-c', 'test:///default', script], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    });
    if (status !== 0) throw new Error(stderr);
    return stdout;
  };

  for (const [title, twice, once] of repeatedSamples) {
    it(`is the same of both forms: ${title}`, () => {
      expect(read(twice)).to.equal(read(once));
    });
  }

  it('rejects a second <numatune>', () => {
    const tune = "<numatune><memory mode='strict' nodeset='0'/></numatune>";
    expect(() => read(tune + tune)).to.throw(/only one numatune/);
  });
});

import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adapt } from '../../lib/index.js';
import { needsProgram } from '../requirements.js';
import { virt2xen as run, type Run } from './virt2xen.js';

const virt2xen = (args: readonly string[]): Run => run(args, { cwd: '.' });

const sample = 'fixtures/cloudstack/user-vm.xml';
const kvm = readFileSync(sample, 'utf8');
const xen = adapt(kvm).output ?? '';

/** Documents to print a diff of; the samples are not part of the repository. */
const samples = {
  fixtures: ['cloudstack/system-vm', 'ovirt/hook'],
  '../shared/samples': [
    'cloudstack-system-vm',
    'cloudstack-user-vm',
    'ovirt-engine-hosted-engine',
    'ovirt-live-complex-vm',
  ],
};

describe('virt2xen adapt', () => {
  let folder = '';
  let file = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'virt2xen-adapt-'));
    file = join(folder, 'domain.xml');
    writeFileSync(file, kvm);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('accepts the release of libvirt, and only those that it knows', () => {
    for (const libvirt of ['9.0', '11.3']) {
      expect(virt2xen(['adapt', '--quiet', '--libvirt', libvirt, file])).to.include({
        status: 0,
        stdout: xen,
      });
    }
    expect(virt2xen(['adapt', '--libvirt', '9', file]).status).to.equal(2);
  });

  it('prints the adapted XML', () => {
    expect(virt2xen(['adapt', '--quiet', file])).to.include({ status: 0, stdout: xen });
  });

  it('edits the file in place, and preserves owner and mode', () => {
    writeFileSync(file, kvm);
    if (process.getuid?.() === 0) chownSync(file, 4321, 4322);
    const before = statSync(file);
    expect(virt2xen(['adapt', '--in-place', '--quiet', file])).to.include({ status: 0, stdout: '' });
    expect(readFileSync(file, 'utf8')).to.equal(xen);
    const { uid, gid, mode } = statSync(file);
    expect({ uid, gid, mode }).to.deep.equal({ uid: before.uid, gid: before.gid, mode: before.mode });
  });

  it('checks without changing the file, and fails if a change is needed', () => {
    expect(virt2xen(['adapt', '--check', '-q', file])).to.include({ status: 1, stdout: '' });
    expect(readFileSync(file, 'utf8')).to.equal(kvm);
    writeFileSync(file, xen);
    expect(virt2xen(['adapt', '--check', '-q', file])).to.include({ status: 0, stdout: '' });
  });

  for (const [from, names] of Object.entries(samples)) {
    const isHere = existsSync(from);
    it(`prints a diff that patch applies, of ${from}${isHere ? '' : ' (which is not here)'}`, function () {
      if (!isHere) this.skip();
      needsProgram(this, 'patch');
      for (const source of names.map((name) => join(from, `${name}.xml`))) {
        writeFileSync(file, readFileSync(source));
        const { status, stdout } = virt2xen(['adapt', '--diff', '-q', file]);
        expect(status, source).to.equal(0);
        const patch = spawnSync('patch', ['-s', '-o', '-', file], { input: stdout, encoding: 'utf8' });
        expect(patch.stdout, source).to.equal(adapt(readFileSync(source)).output);
      }
    });
  }

  it('prints edits and diagnostics as JSON', () => {
    const { stdout } = virt2xen(['adapt', '--json', file]);
    const [result] = (JSON.parse(stdout) as { results: readonly Record<string, unknown>[] }).results;
    expect(result).to.include({ file, to: 'xen', adapted: true, output: xen });
    expect(result?.['edits']).to.deep.equal(adapt(kvm).edits);
  });

  it('exits with 1 and does not change a file that cannot be adapted', () => {
    writeFileSync(file, kvm.replace("type='qcow2'", "type='vmdk'"));
    const { status, stderr } = virt2xen(['adapt', '--in-place', file]);
    expect(status).to.equal(1);
    expect(stderr).to.include('error device-unsupported').and.include('not adapted: 1 error');
    expect(readFileSync(file, 'utf8')).to.include('vmdk');
  });

  it('rejects options that conflict', () => {
    for (const args of [['--diff', '--in-place', file], ['--in-place'], [file, file]]) {
      expect(virt2xen(['adapt', ...args]).status).to.equal(2);
    }
  });
});

import { expect } from 'chai';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findQemu } from '../../../lib/realize/qemu/binary.js';
import { failure } from '../qmp/peer.js';

describe('the search for a QEMU', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'virt2xen-binary-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A program that prints the same as QEMU. */
  function program(name: string, version: string, machines: string): string {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(
      path,
      `#!/bin/sh\n[ "$1" = --version ] && echo '${version}'\n[ "$*" = '-machine help' ] && echo '${machines}'\nexit 0\n`,
    );
    chmodSync(path, 0o755);
    return path;
  }
  const qemu = (name: string, release: string): string =>
    program(name, `QEMU emulator version ${release}`, 'xenpv   Xen Para-virtualized PC');

  it('selects the first one that supports the machine xenpv', async () => {
    const candidates = [
      join(folder, 'none'),
      program('plain', 'QEMU emulator version 8.0.0', 'pc   Standard PC'),
      qemu('xen', '7.2.1'),
      qemu('other', '9.0.0'),
    ];
    expect(await findQemu(candidates)).to.deep.equal({
      path: join(folder, 'xen'),
      version: { major: 7, minor: 2, micro: 1, package: '' },
    });
  });

  it('selects the newest release if directory names contain the release', async () => {
    for (const release of ['4.9', '4.17', '4.11']) qemu(`xen-${release}/bin/qemu`, '7.2.0');
    const { path } = await findQemu([join(folder, 'xen-*/bin/qemu')]);
    expect(path).to.equal(join(folder, 'xen-4.17/bin/qemu'));
  });

  it('reports for each one why it is unsuitable', async () => {
    const failing = join(folder, 'failing');
    writeFileSync(failing, '#!/bin/sh\nexit 3\n', { mode: 0o755 });
    const candidates = [
      join(folder, 'absent'),
      program('plain', 'QEMU emulator version 8.0.0', 'pc   Standard PC'),
      program('shell', 'bash 5', ''),
      failing,
    ];
    const error = await failure(findQemu(candidates));
    expect(error).to.include({ failure: 'not-found' });
    for (const line of [
      'absent: there is no program',
      'plain: it has no machine xenpv',
      'shell: its version output is not that of QEMU',
      'failing: cannot be run',
    ]) {
      expect(String(error)).to.contain(line);
    }
  });
});

import { expect } from 'chai';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { probeXl } from '../../lib/realize/host/xl-probe.js';
import { findXl } from './real-xl.js';

describe("the doctor's check of xl", function () {
  const directory = mkdtempSync(join(tmpdir(), 'virt2xen-'));
  after(() => {
    rmSync(directory, { recursive: true });
  });

  it('detects that xl 4.17 drops the first channel', async function () {
    const xl = findXl();
    if (!xl?.program.includes('xen-4.17')) return this.skip();
    expect(await probeXl(xl.program, xl.environment)).to.deep.equal({
      first: 'dropped',
      program: xl.program,
    });
  });

  it('detects that a later xl, which leaves numbering to libxl, does not', async () => {
    // The output of xl 4.20.
    const program = join(directory, 'xl');
    const json = '{"c_info":{"name":"v"},"channels":[{"name":"org.virt2xen.doctor","connection.pty":{}}]}';
    writeFileSync(program, `#!/bin/sh\necho "Parsing config from $3"\necho '${json}'\n`);
    chmodSync(program, 0o755);
    expect(await probeXl(program)).to.deep.equal({ first: 'created', program });
  });

  it('reports why it cannot determine that', async () => {
    expect(await probeXl(join(directory, 'none'))).to.deep.equal({ first: 'absent' });
    const program = join(directory, 'failing');
    writeFileSync(program, '#!/bin/sh\necho "cannot open privcmd" >&2\nexit 1\n');
    chmodSync(program, 0o755);
    expect(await probeXl(program)).to.deep.equal({ first: 'unknown', reason: 'cannot open privcmd' });
  });
});

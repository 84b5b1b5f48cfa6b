import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { missing } from '../requirements.js';

describe('the service of the daemon', () => {
  it('is sandboxed: its exposure is at most 4.0', function () {
    const args = ['security', '--offline=true', '--threshold=40', '--no-pager'];
    const { error, status, stdout, stderr } = spawnSync(
      'systemd-analyze',
      [...args, 'packaging/virt2xend.service'],
      { encoding: 'utf8' },
    );
    if (error) {
      missing('the sandbox of the service', 'systemd', error.message);
      return this.skip();
    }
    expect(status, stderr + stdout.split('\n').slice(-3).join('\n')).to.equal(0);
    expect(stdout).to.match(/Overall exposure level for virt2xend\.service: [0-4]\.\d/);
  });
});

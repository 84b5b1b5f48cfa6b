import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { isInstalled, missing } from '../requirements.js';
import { builtPackages, needsPackages, type Built } from './built.js';
import { suites, treeOf } from './trees.js';

describe('the packages in Ansible', function () {
  this.timeout(900_000);
  let directory: Built['directory'];
  const trees = new Map<string, string>();

  before(async function () {
    needsPackages(this);
    ({ directory } = builtPackages());
    for (const suite of suites) trees.set(suite, await treeOf(suite));
  });

  it('are installed, configured and run by Ansible on all hosts; a second run changes nothing', function () {
    if (!isInstalled('ansible-playbook')) {
      missing('ansible-playbook', 'ansible-core', 'not found');
      this.skip();
    }
    const words = [
      '--mount',
      '--pid',
      '--net',
      '--fork',
      '--kill-child',
      'sh',
      'test/packages/ansible.sh',
      directory,
    ];
    const hosts = suites.map((suite) => `${suite}=${trees.get(suite) ?? ''}`);
    const paths = ['packaging/ansible', 'test/packages/site.yml'].map((path) => resolve(path));
    const { stdout, stderr } = spawnSync('unshare', [...words, ...paths, ...hosts], { encoding: 'utf8' });
    const [, check = '', first = '', second = '', doctor = '', daemons = ''] = stdout.split(/^== .*\n/m);
    const recaps = (output: string): readonly string[] =>
      [...output.matchAll(/^(\w+) +: ok=\d+ +(changed=\d+) +(unreachable=\d+) +(failed=\d+)/gm)].map(
        ([, ...columns]) => columns.join(' '),
      );
    const unchanged = suites.map((suite) => `${suite} changed=0 unreachable=0 failed=0`);
    expect(recaps(first).join(), stdout + stderr).to.match(
      /^bookworm changed=[1-9]\d* unreachable=0 failed=0,trixie changed=[1-9]\d* unreachable=0 failed=0$/,
    );
    expect(recaps(check).join(), check).to.match(/^bookworm changed=[1-9]\d* unreachable=0 failed=0,trixie/);
    expect(check).not.to.include('check mode has changed a host');
    expect(recaps(second), second).to.deep.equal(unchanged);
    for (const suite of suites)
      expect(doctor, stderr)
        .to.match(new RegExp(`${suite} +error +hypervisor +not running on Xen`))
        .and.match(new RegExp(`${suite} +ok +configuration +/etc/virt2xen/config.toml`));
    // Never restarted by systemd; it answers on its socket, and has read the documents when it was started, when its
    // configuration was written, and when it was reloaded.
    const daemon = [
      '0 active running enabled',
      'virt2xen_documents{state="valid"} 0',
      '3',
      '/usr/bin/virt2xen daemon',
    ];
    expect(daemons.trim().split('\n'), stdout + stderr).to.deep.equal(suites.flatMap(() => daemon));
  });
});

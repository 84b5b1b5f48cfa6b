import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { pvXml } from '../libvirt/domains.js';
import { temporaryDirectory, virt2xen, type Run } from './virt2xen.js';

describe('virt2xen', () => {
  const { path, remove } = temporaryDirectory();
  after(remove);

  const run = (args: readonly string[], input = ''): Run => virt2xen(args, { cwd: path, input });

  it('fails with 2 for a wrong command line, with the reason', () => {
    for (const [args, why] of [
      [[], /no command given/],
      [['foo'], /foo/],
      [['convert', '--network', 'n'], /NAME=BRIDGE/],
    ] as const) {
      const { status, stdout, stderr } = run(args);
      expect([status, stdout], args.join(' ')).to.deep.equal([2, '']);
      expect(stderr).to.match(why);
      expect(stderr).to.match(/Run virt2xen --help/);
    }
  });

  it('fails with 2 for several files without a directory to write to', () => {
    const { status, stderr } = run(['convert', 'a.xml', 'b.xml']);
    expect(stderr).to.match(/--out-dir/);
    expect(status).to.equal(2);
  });

  it('prints its version', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(run(['--version'])).to.deep.equal({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('prints help that names its commands and exit statuses', () => {
    const { status, stdout, stderr } = run(['--help']);
    expect([status, stderr]).to.deep.equal([0, '']);
    expect(stdout).to.match(/virt2xen convert[^]*virt2xen check[^]*Exit status: 0 success/);
  });

  it('prints a script for completion', () => {
    const { status, stdout } = run(['completion']);
    expect(status).to.equal(0);
    expect(stdout).to.match(/virt2xen/);
    expect(stdout).to.match(/complete|compdef/);
  });

  it('checks without converting', () => {
    const xml = pvXml('<rng/>');
    const { status, stdout, stderr } = run(['check'], xml);
    expect([status, stdout]).to.deep.equal([0, '']);
    expect(stderr).to.match(/^<stdin>:1:\d+: warning unsupported/);
  });

  it('checks with JSON output', () => {
    const { status, stdout } = run(['check', '--json', '-', 'missing.xml'], pvXml());
    expect(status).to.equal(3);
    expect(JSON.parse(stdout)).to.deep.equal({
      results: [
        { file: '<stdin>', from: 'libvirt', to: 'xl', converted: true, diagnostics: [] },
        {
          file: 'missing.xml',
          converted: false,
          error: 'cannot read missing.xml: no such file or directory',
        },
      ],
    });
  });
});

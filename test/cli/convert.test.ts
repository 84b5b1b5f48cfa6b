import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { convert } from '../../lib/convert.js';
import { pvXml } from '../libvirt/domains.js';
import { pvConfig } from '../xl/guests.js';
import { temporaryDirectory, virt2xen, type Run } from './virt2xen.js';

const channel = `<channel type='pty'><target type='xen' name='a'/></channel>`;
const good = pvXml(channel);
const warned = pvXml(`${channel}<rng/>`);
const bad = pvXml(`<channel type='pty'><target type='none'/></channel>`);

describe('virt2xen convert', () => {
  let directory: ReturnType<typeof temporaryDirectory>;

  beforeEach(() => {
    directory = temporaryDirectory();
  });
  afterEach(() => {
    directory.remove();
  });

  const place = (name: string): string => join(directory.path, name);
  const put = (name: string, text: string): void => {
    writeFileSync(place(name), text);
  };
  const get = (name: string): string => readFileSync(place(name), 'utf8');
  const run = (...args: readonly string[]): Run => virt2xen(['convert', ...args], { cwd: directory.path });

  it('prints the result on standard output, and diagnostics on standard error', () => {
    put('a.xml', warned);
    const { status, stdout, stderr } = run('a.xml', '-q');
    expect(status).to.equal(0);
    expect(stdout).to.match(/^name = "guest"\n[^]*channel = \[ "connection=pty,name=a" \]\n$/);
    expect(stderr).to.match(
      /^a\.xml:1:\d+: warning unsupported: <rng> omitted: [^\n]*\n {2}[^\n]*\n {2,}\^{6}\n$/,
    );
    expect(stderr).not.to.include('\x1b');
  });

  it('reads standard input, and prints no colours if the output is not a terminal, whatever the environment', () => {
    for (const args of [[], ['-']]) {
      const { status, stdout, stderr } = virt2xen(['convert', ...args], {
        cwd: directory.path,
        input: pvConfig('cpu_weight = 5'),
        env: { FORCE_COLOR: '1' },
      });
      expect(status).to.equal(0);
      expect(stdout).to.match(/^<domain type='xen'>/);
      expect(stderr).to.match(/^<stdin>:4:1: warning not-implemented/);
      expect(stderr).not.to.include('\x1b');
    }
  });

  it('fails with 1 for a document that cannot be converted, and does not change the old output file', () => {
    put('bad.xml', bad);
    put('out.cfg', 'old');
    const { status, stdout, stderr } = run('bad.xml', '-o', 'out.cfg');
    expect([status, stdout, get('out.cfg')]).to.deep.equal([1, '', 'old']);
    expect(stderr).to.include('error channel-target');
    expect(stderr).to.match(/bad\.xml: not converted: 1 error\n$/);
    expect(readdirSync(directory.path)).to.have.members(['bad.xml', 'out.cfg']);
  });

  it('fails with 3 for a file that cannot be read, and converts the others', () => {
    put('good.xml', good);
    const { status, stderr } = run('nothing.xml', 'good.xml', '--out-dir', directory.path);
    expect(status).to.equal(3);
    expect(stderr).to.include('virt2xen: cannot read nothing.xml: no such file or directory\n');
    expect(existsSync(place('good.cfg'))).to.equal(true);
  });

  it('fails with 3 for an output that cannot be written, and leaves no partial file', () => {
    put('good.xml', good);
    mkdirSync(place('dir'));
    const { status, stderr } = run('good.xml', '-o', 'missing/out.cfg');
    expect(status).to.equal(3);
    expect(stderr).to.include('virt2xen: cannot write missing/out.cfg: no such file or directory\n');
    expect(run('good.xml', '-o', 'dir').status).to.equal(3);
    expect(readdirSync(directory.path)).to.have.members(['good.xml', 'dir']);
    expect(readdirSync(place('dir'))).to.deep.equal([]);
  });

  it('writes through a link, and preserves the mode of the file', () => {
    put('good.xml', good);
    put('real.cfg', 'old');
    chmodSync(place('real.cfg'), 0o640);
    symlinkSync('real.cfg', place('link.cfg'));
    const { status, stdout } = run('good.xml', '-o', 'link.cfg');
    expect([status, stdout]).to.deep.equal([0, '']);
    expect(lstatSync(place('link.cfg')).isSymbolicLink()).to.equal(true);
    expect(get('real.cfg')).to.match(/^name = "guest"\n/);
    expect(statSync(place('real.cfg')).mode & 0o7777).to.equal(0o640);
    expect(readdirSync(directory.path)).to.have.members(['good.xml', 'real.cfg', 'link.cfg']);
  });

  it('writes a file for each input, and rejects two inputs with the same output', () => {
    mkdirSync(place('x'));
    mkdirSync(place('out'));
    put('a.xml', good);
    put('b.conf', pvConfig());
    put('x/a.xml', good.replace('guest', 'second'));
    put('bad.xml', bad);
    const { status, stdout, stderr } = run('a.xml', 'b.conf', 'x/a.xml', 'bad.xml', '--out-dir', 'out');
    expect([status, stdout]).to.deep.equal([3, '']);
    expect(readdirSync(place('out'))).to.have.members(['a.cfg', 'b.xml']);
    expect(get('out/a.cfg')).to.match(/^name = "guest"\n/);
    expect(stderr).to.include('x/a.xml: output file out/a.cfg already written for a.xml');
  });

  it('prints one JSON document with --json', () => {
    const xml = pvXml('<rng/>');
    put('a.xml', xml);
    const { status, stdout, stderr } = run('a.xml', '--json');
    expect([status, stderr]).to.deep.equal([0, '']);
    const offset = xml.indexOf('<rng/>');
    expect(JSON.parse(stdout)).to.deep.equal({
      results: [
        {
          file: 'a.xml',
          from: 'libvirt',
          to: 'xl',
          converted: true,
          output: convert(xml).output,
          diagnostics: [
            {
              severity: 'warning',
              code: 'unsupported',
              message: '<rng> omitted: Xen has no random number device',
              line: 1,
              column: offset + 1,
              offset,
              length: 6,
            },
          ],
        },
      ],
    });
  });

  it('accepts --strict', () => {
    put('a.xml', warned);
    expect(run('a.xml', '--strict')).to.deep.include({ status: 1, stdout: '' });
  });

  it('accepts --xen', () => {
    put('a.xml', good);
    expect(run('a.xml', '--xen', '4.17').stdout).to.include('"connection=pty,name=virt2xen.pad"');
  });

  it('accepts --network, --keep and --quiet', () => {
    put('a.xml', pvXml(`<interface type='network'><source network='n'/></interface><rng/>`));
    const { stdout, stderr } = run('a.xml', '--network', 'n=br7', '--keep', '-q');
    expect(stdout).to.include('vif = [ "bridge=br7,script=vif-bridge" ]\n');
    expect(stdout).to.include('# virt2xen:kept devices {"kind":"element","xml":"<rng/>"}\n');
    expect(stderr).not.to.match(/ info /);
  });

  it('fails with 2 for two outputs', () => {
    put('a.xml', good);
    const { status, stderr } = run('a.xml', '-o', 'a.cfg', '-o', 'b.cfg');
    expect(status).to.equal(2);
    expect(stderr).not.to.include('instance of Array');
  });
});

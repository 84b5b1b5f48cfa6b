import { expect } from 'chai';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildIfStale } from '../built.js';
import { temporaryDirectory, virt2xen } from './virt2xen.js';

describe('virt2xen web', () => {
  const { path: cwd, remove } = temporaryDirectory();
  before(function () {
    this.timeout(120_000);
    buildIfStale('page');
  });
  after(remove);

  it('writes one page with the documents, none of which can end its script', () => {
    const text = 'name = "</script><!--<script>"\n';
    writeFileSync(join(cwd, 'a.cfg'), text);
    expect(virt2xen(['web', 'a.cfg', '-o', 'page.html'], { cwd })).to.deep.equal({
      status: 0,
      stdout: '',
      stderr: '',
    });
    const page = readFileSync(join(cwd, 'page.html'), 'utf8');
    const [, json = ''] = /<script type="application\/json" id="documents">(.*?)<\/script>/s.exec(page) ?? [];
    expect(JSON.parse(json)).to.deep.equal([{ name: 'a.cfg', text }]);
    expect(page).to.contain("default-src 'none'");
    // That of the documents, and that of the page; its own texts are escaped.
    expect(page.match(/<\/?script\b/gi)).to.deep.equal(['<script', '</script', '<script', '</script']);
  });

  it('writes a file that only the user can read, and its path, where there is no display', () => {
    const env = { DISPLAY: '', WAYLAND_DISPLAY: '', TMPDIR: cwd };
    const { status, stdout, stderr } = virt2xen(['web'], { cwd, env });
    expect([status, stderr]).to.deep.equal([0, 'no display here; open the file in a browser\n']);
    const path = stdout.trim();
    expect(readFileSync(path, 'utf8')).to.match(/^<!doctype html>/);
    expect(statSync(join(path, '..')).mode & 0o777).to.equal(0o700);
  });

  it('fails with 3 for a document that cannot be read or is not UTF-8', () => {
    writeFileSync(join(cwd, 'latin1.cfg'), Buffer.from([0x6e, 0xe4]));
    const { status, stderr } = virt2xen(['web', 'latin1.cfg', '-o', 'p.html'], { cwd });
    expect([status, stderr]).to.deep.equal([
      3,
      'virt2xen: latin1.cfg: not valid UTF-8; convert it with iconv -t UTF-8\n',
    ]);
    expect(virt2xen(['web', 'none.xml', '-o', 'p.html'], { cwd }).status).to.equal(3);
  });
});

import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configKeys } from '../../cli/config/keys.js';
import { manPages } from '../../packaging/man/pages.js';
import { programUsage } from '../../packaging/usage/program.js';
import { recordProgram } from '../../packaging/usage/recorder.js';
import { virt2xen } from '../cli/virt2xen.js';
import { needsProgram } from '../requirements.js';

const program = programUsage();
const pages = manPages(program, { version: '1.2.3', date: '2026-11-27' });

/** The long options that a page describes. */
function optionsOf(name: string): readonly string[] {
  const page = (pages.get(name) ?? '').replaceAll('\\-', '-');
  const described = page.matchAll(/^\.TP\n(?:\\fB-\w\\fR, )?\\fB--([a-z-]+)/gm);
  return [...described].map(([, option = '']) => option).sort();
}

describe('the man pages', () => {
  let directory = '';
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'virt2xen-man-'));
    for (const [name, page] of pages) writeFileSync(join(directory, name), page);
  });
  after(() => {
    rmSync(directory, { recursive: true });
  });

  const run = (command: string, args: readonly string[]): string => {
    const { stdout, stderr } = spawnSync(command, args, {
      encoding: 'utf8',
      env: { ...process.env, MANWIDTH: '100', LC_ALL: 'C.UTF-8' },
    });
    return stdout + stderr;
  };
  const files = (): readonly string[] => [...pages.keys()].map((name) => join(directory, name));

  it('are those of the program, of its commands, of the daemon, and of the configuration file', () => {
    const names = program.commands.map(({ name }) => `virt2xen-${name}.1`);
    expect([...pages.keys()]).to.deep.equal(['virt2xen.1', ...names, 'virt2xend.8', 'virt2xen.conf.5']);
    expect(names).to.include('virt2xen-convert.1').and.include('virt2xen-agent.1');
  });

  it('have no errors or warnings of mandoc', function () {
    needsProgram(this, 'mandoc');
    expect(run('mandoc', ['-T', 'lint', '-W', 'warning', ...files()])).to.equal('');
  });

  it('have no warnings of groff', function () {
    needsProgram(this, 'groff');
    for (const file of files())
      expect(run('groff', ['-man', '-ww', '-z', '-Tutf8', file]), file).to.equal('');
  });

  for (const { name } of program.commands.filter((command) => command.name !== 'completion')) {
    it(`have exactly the options of ${name} --help`, () => {
      const { stdout } = virt2xen([name, '--help'], { cwd: '.' });
      const [, listed = ''] = /\nOptions:\n([^]*?)(?:\n\n|$)/.exec(stdout) ?? [];
      const help = [...listed.matchAll(/^ {2,6}(?:-\w, )?--([a-z-]+)/gm)].map(([, option = '']) => option);
      // `agent` prints its version as the program does, without an option of its own.
      const version = name === 'agent' ? ['version'] : [];
      for (const page of [`virt2xen-${name}.1`, ...(name === 'daemon' ? ['virt2xend.8'] : [])])
        expect(optionsOf(page), page).to.deep.equal([...help, ...version].sort());
    });
  }

  it('are those that npm installs', () => {
    const { man } = JSON.parse(readFileSync('package.json', 'utf8')) as { man: readonly string[] };
    expect(man).to.deep.equal([...pages.keys()].map((name) => `./dist/man/${name}`));
  });

  it('have the keys of the configuration file', () => {
    const page = (pages.get('virt2xen.conf.5') ?? '').replaceAll('\\-', '-');
    const keys = [...page.matchAll(/^\.TP\n\\f[BI]([a-zA-Z-]+)\\fR$/gm)].map(([, key]) => key);
    expect(keys).to.deep.equal(configKeys.map(({ key }) => key ?? 'NAME'));
  });

  it('cannot be changed by a text: it is escaped', () => {
    const hostile = recordProgram((yargs) =>
      yargs.command({ command: 'x', describe: ".so /etc/passwd\n'br \\fB", handler: () => undefined }),
    );
    const page = manPages(hostile, { version: '1', date: '2026-11-27' }).get('virt2xen-x.1') ?? '';
    expect(page).not.to.match(/^\.so|^'br|[^\\e]\\fB\n/m);
  });

  it('fail to build if a command uses a method of yargs that they do not describe', () => {
    expect(() => recordProgram((yargs) => yargs.group('a', 'b'))).to.throw(/group/);
  });
});

import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bashCompletion } from '../../packaging/completions/bash.js';
import { fishCompletion } from '../../packaging/completions/fish.js';
import { zshCompletion } from '../../packaging/completions/zsh.js';
import { programUsage } from '../../packaging/usage/program.js';
import { needsProgram } from '../requirements.js';

const program = programUsage();
const commands = program.commands.map(({ name }) => name);

/** What is typed, and what a shell must offer for the last word. */
const cases: readonly (readonly [line: string, offered: readonly string[]])[] = [
  ['virt2xen con', ['convert', 'config']],
  ['virt2xen convert --xen 4.1', ['4.17', '4.18', '4.19']],
  ['virt2xen convert --tr', ['--transport']],
  ['virt2xen adapt --to ', ['xen', 'kvm']],
  ['virt2xen hook in', ['install']],
  ['virt2xen hook install v', ['vdsm']],
  ['virt2xen agent web01 os', ['osinfo']],
];

describe('completion', () => {
  let directory = '';
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'virt2xen-completion-'));
  });
  after(() => {
    rmSync(directory, { recursive: true });
  });

  const run = (command: string, args: readonly string[]): readonly string[] => {
    const { stdout, stderr } = spawnSync(command, args, { cwd: directory, encoding: 'utf8' });
    expect(stderr).to.equal('');
    return stdout.split('\n').filter((line) => line !== '');
  };

  it('of bash offers commands, options and values', function () {
    needsProgram(this, 'bash');
    const file = join(directory, 'completion.bash');
    writeFileSync(file, bashCompletion(program));
    const complete = (line: string): readonly string[] => {
      const script = `source "$1"; COMP_WORDS=($2); [ "\${2% }" = "$2" ] || COMP_WORDS+=(''); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _virt2xen; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return run('bash', ['--norc', '-c', script, 'bash', file, line]);
    };
    for (const [line, offered] of cases) expect(complete(line), line).to.have.members(offered);
    expect(complete('virt2xen ')).to.have.members([...commands, '--help', '--version']);
    expect(complete('virt2xen convert ')).to.deep.equal([]);
  });

  it('of fish offers commands, options and values', function () {
    needsProgram(this, 'fish');
    const file = join(directory, 'virt2xen.fish');
    writeFileSync(file, fishCompletion(program));
    for (const [line, offered] of cases) {
      const found = run('fish', ['--no-config', '-c', `source ${file}; complete -C ${JSON.stringify(line)}`]);
      const words = found.map((each) => each.split('\t')[0] ?? '');
      expect(words, line).to.include.members(offered);
    }
  });

  it('of zsh offers commands, options and values', function () {
    needsProgram(this, 'zsh');
    writeFileSync(join(directory, '_virt2xen'), zshCompletion(program));
    // Each list is read up to a mark, which a key prints; the mark is not in what the terminal echoes.
    const script = `
      zmodload zsh/zpty
      zpty z zsh -f
      zpty -w z 'PS1=; fpath=(${directory} $fpath); autoload -Uz compinit; compinit -u -D; LISTMAX=10000; stty columns 200'
      zpty -w z 'ask() { zle list-choices; zle -R; print "<""end"">"; BUFFER= }; zle -N ask; bindkey "^X" ask; zle-line-init() { print "<""end"">" }; zle -N zle-line-init'
      zpty -r z out '*<end>*'
      for line in "$@"; do
        zpty -w -n z "$line"$'\\x18'
        zpty -r z out '*<end>*'
        print -r -- "\${out//[$'\\r\\n']/ }"
      done`;
    const shown = run('zsh', ['-f', '-c', script, 'zsh', ...cases.map(([line]) => line)]);
    expect(shown).to.have.lengthOf(cases.length);
    for (const [at, [line, offered]] of cases.entries())
      for (const word of offered) expect(shown[at], line).to.include(word);
  });
});

import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { quoteForShell } from '../../lib/text/shell.js';

describe('a word for the shell', () => {
  it('is not quoted if the shell does not interpret it', () => {
    expect(quoteForShell('--path=/a/b.c,d:1+2')).to.equal('--path=/a/b.c,d:1+2');
  });

  it('is read by the shell as it was', () => {
    const words = [
      '',
      ' a  b ',
      "it's",
      '$(x)`y`',
      '"*?[a]',
      '\\',
      '#;&|<>',
      '~',
      'a\nb',
      '!x',
      '{a,b}',
      'größe',
    ];
    const command = `printf '%s\\0' ${words.map(quoteForShell).join(' ')}`;
    expect(execFileSync('sh', ['-c', command], { encoding: 'utf8' })).to.equal(
      words.map((word) => `${word}\0`).join(''),
    );
  });
});

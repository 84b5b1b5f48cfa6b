import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { convert } from '../../lib/index.js';

const programs = [
  'import os\nname = "one"\n',
  'import os, re\narch = os.uname()[4]\nname = "one"\n',
  '# -*- mode: python; -*-\nfrom os import path\nname = "a"\n',
  'name = "a"\nvncpasswd = None\n',
  'name = "a"\nvnc = True # on\n',
  'name = "a"\nsdl=False\nbootloader = None\n',
  'def port(n):\n    return 5900 + n\nname = "a"\n',
  'name = "a"\nif arch == "x86":\n    memory = 5\nelse:\n    memory = 6\n',
  'name = "a"\nfor i in range(3):\n    vif = [ "" ]\n',
  'name = "a"\nkernel = os.path.join("/boot", "vmlinuz")\n',
  'name = "a"\nvif = [ "bridge=a" ] + [ "bridge=b" ]\n',
  'name = "a"\ndisk = [ "phy:/dev/%s,xvda,w" % name ]\n',
];

describe('a config in Python', () => {
  for (const program of programs) {
    for (const options of [{}, { from: 'xl' } as const]) {
      it(`is one error${options.from ? ' of xl' : ''}: ${JSON.stringify(program)}`, () => {
        const { diagnostics, output } = convert(program, options);
        expect(diagnostics.map(({ code }) => code)).to.deep.equal(['xl-python']);
        expect(diagnostics[0]?.hint).to.include('plain settings');
        expect(output).to.equal(undefined);
      });
    }
  }

  it('is recognized in one pass, however long a line is', () => {
    for (const line of [`if${' '.repeat(1_000_000)}`, `class ${'a'.repeat(1_000_000)}`])
      expect(
        convert(`name = "a"\n${line}\n`, { from: 'xl' }).diagnostics.map(({ code }) => code),
      ).to.deep.equal(['xl-syntax']);
  });

  it('is not an xl.cfg', () => {
    const folder = 'fixtures/xl';
    const told = readdirSync(folder)
      .filter((file) => file.endsWith('.cfg'))
      .flatMap((file) => convert(readFileSync(`${folder}/${file}`)).diagnostics);
    expect(told.filter(({ code }) => code === 'xl-python')).to.deep.equal([]);
    const text = 'name = "a"\nmemory = 5\nextra = "if a: b"\n# import os\nbroken = [\n';
    expect(convert(text).diagnostics.map(({ code }) => code)).not.to.include('xl-python');
  });
});

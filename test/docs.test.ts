import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { buildIfStale } from './built.js';
import { pageOfOptions, pagePath } from './xl/options-page.js';
import { codes } from '../lib/index.js';

/** A folder inside the package, so that the examples can import the package by name. */
const directory = 'dist/docs-examples';

interface Example {
  readonly title: string;
  readonly file: string;
  readonly expected: string;
}

/** Each ```ts block with its output, the ```console block after it. */
function examples(): readonly Example[] {
  const page = readFileSync('docs/library.md', 'utf8');
  const blocks = page.matchAll(/## ([^\n]+)\n(?:(?!\n## )[^])*?```ts\n([^]*?)```\n\n```console\n([^]*?)```/g);
  return [...blocks].map(([, title = '', code = '', expected = ''], i) => {
    const file = join(directory, `example-${i}.ts`);
    writeFileSync(file, code);
    return { title, file, expected };
  });
}

describe('the documentation', () => {
  before(() => {
    buildIfStale('library');
    mkdirSync(directory, { recursive: true });
  });
  after(() => {
    rmSync(directory, { recursive: true });
  });

  it('has library examples that compile and print the documented output', () => {
    const all = examples();
    expect(all).to.have.lengthOf(4);
    const { config } = ts.readConfigFile('tsconfig.json', (path) => ts.sys.readFile(path)) as {
      config: { compilerOptions: object };
    };
    const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, '.');
    const program = ts.createProgram(
      all.map(({ file }) => file),
      { ...options, noEmit: false },
    );
    const problems = ts.getPreEmitDiagnostics(program);
    expect(
      problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
    ).to.deep.equal([]);
    program.emit();
    for (const { file, expected } of all) {
      const script = file.replace(/ts$/, 'js');
      expect(execFileSync(process.execPath, [script], { encoding: 'utf8' })).to.equal(expected);
    }
  });

  it('has an up-to-date page of xl.cfg options (npm run docs writes it)', async () => {
    expect(readFileSync(pagePath, 'utf8')).to.equal(await pageOfOptions());
  });

  it('describes exactly the existing diagnostics', () => {
    const page = readFileSync('docs/diagnostics.md', 'utf8');
    const rows = [...page.matchAll(/^\| `([^`]+)` *\| (\w+) *\| (.+?) *\|$/gm)].map(
      ([, code, severity, meaning]) => [code, severity, meaning],
    );
    expect(rows).to.deep.equal(
      Object.entries(codes).map(([code, { severity, meaning }]) => [code, severity, meaning]),
    );
  });
});

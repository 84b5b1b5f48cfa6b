/**
 * Runs the bundled command on work for both directions, and keeps the code that V8 compiled for it
 * beside the bundles (see cli/launch.ts): that of the functions which ran.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const work = ['fixtures/cloudstack/user-vm.xml', 'fixtures/xl/channels-2014.cfg'];
const directory = mkdtempSync(join(tmpdir(), 'virt2xen-build-'));
process.argv.splice(2, Infinity, 'convert', '--quiet', '--out-dir', directory, ...work);
const { compiledCode } = createRequire(import.meta.url)('../dist/cli/main.cjs');

process.on('exit', () => {
  for (const [name, code] of compiledCode()) writeFileSync(join('dist/cli', `${name}.v8`), code);
  rmSync(directory, { recursive: true });
});

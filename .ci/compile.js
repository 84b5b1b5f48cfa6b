/**
 * Runs a bundled command on work of its kind, and keeps the code that V8 compiled for it beside
 * the bundles (see cli/launch.ts): that of the functions which ran.
 */
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [, , work] = process.argv;
const directory = mkdtempSync(join(tmpdir(), 'virt2xen-build-'));
const xml = join(directory, 'domain.xml');
copyFileSync('fixtures/cloudstack/user-vm.xml', xml);
const commands = {
  convert: ['convert', '--quiet', '--out-dir', directory, xml, 'fixtures/xl/channels-2014.cfg'],
  adapt: ['adapt', '--quiet', '--diff', xml],
  hook: ['hook', 'cloudstack', 'transform', readFileSync(xml, 'utf8')],
};
process.argv.splice(2, Infinity, ...commands[work]);
const { compiledCode } = createRequire(import.meta.url)('../dist/cli/main.cjs');

process.on('exit', () => {
  for (const [name, code] of compiledCode()) {
    const cache = join('dist/cli', `${name}.v8`);
    // The first command made that of what they share.
    if (!existsSync(cache)) writeFileSync(cache, code);
  }
  rmSync(directory, { recursive: true });
});

/**
 * Runs a bundled command on work of its kind, and keeps the code that V8 compiled for it beside
 * the bundles (see cli/launch.ts): that of the functions which ran.
 */
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [, , work] = process.argv;
const directory = mkdtempSync(join(tmpdir(), 'virt2xen-build-'));
const xml = join(directory, 'domain.xml');
copyFileSync('fixtures/cloudstack/user-vm.xml', xml);
writeFileSync(
  join(directory, 'config.toml'),
  '[host]\nxen = "4.17"\n[networks]\ndefault = "xenbr0"\n[devices]\ndrop = ["hostdev"]\n',
);
const commands = {
  convert: ['convert', '--out-dir', directory, xml, 'fixtures/xl/channels-2014.cfg'],
  adapt: ['adapt', '--quiet', '--diff', xml],
  agent: ['agent', '--socket', await answeringSocket(), '--runtime-dir', directory, 'ping'],
  config: ['config', join(directory, 'config.toml')],
  hook: ['hook', 'cloudstack', 'transform', readFileSync(xml, 'utf8')],
  'hook-vdsm': ['hook', 'vdsm'],
};
process.env._hook_domxml = xml;
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

/** A socket where an agent would answer: its code is compiled for both a session and its lock. */
async function answeringSocket() {
  const path = join(directory, 'agent.sock');
  if (work !== 'agent') return path;
  const server = createServer((socket) => {
    socket.on('data', (bytes) => {
      for (const line of bytes.toString('latin1').split('\n').filter(Boolean)) {
        const { execute, id, arguments: given } = JSON.parse(line.replace('\xff', ''));
        const isSync = execute === 'guest-sync-delimited';
        const reply = `${JSON.stringify({ return: isSync ? given.id : {}, id })}\n`;
        socket.write(isSync ? `\xff${reply}` : reply, 'latin1');
      }
    });
  });
  await new Promise((resolve) => server.listen(path, resolve));
  server.unref();
  return path;
}

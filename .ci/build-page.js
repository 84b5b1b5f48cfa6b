/**
 * Builds the page of `virt2xen web` into dist/web/page.html: one file with its style, its script, and in that the
 * worker, which is lib/ as it is. Only these run: the policy of the page has their hashes, and allows no connection.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const common = {
  bundle: true,
  minify: true,
  write: false,
  platform: 'browser',
  target: 'es2023',
  format: 'iife',
  charset: 'ascii',
  logLevel: 'warning',
};

const worker = await bundle({
  entryPoints: ['web/worker/worker.ts'],
  plugins: [
    // xmlbuilder2 also builds with callbacks, and reads YAML; its DOM resolves URLs. None of it is used.
    substitute('events', 'export class EventEmitter {}'),
    substitute('js-yaml', 'export const load = undefined, dump = undefined;'),
    substitute('url', 'export const domainToASCII = (domain) => domain;'),
  ],
});
const script = await bundle({
  entryPoints: ['web/page/main.ts'],
  plugins: [substitute('virtual:worker', `export default ${JSON.stringify(worker)};`)],
});
const style = await bundle({ entryPoints: ['web/style.css'] });

// Editors create their styles when they run. A style can load nothing, so it does not matter that this is no secret.
const nonce = digestOf(script).slice(0, 22);
const policy = [
  "default-src 'none'",
  `script-src 'sha256-${digestOf(script)}'`,
  `style-src 'nonce-${nonce}'`,
  'worker-src blob:',
  "connect-src 'none'",
  "form-action 'none'",
  "base-uri 'none'",
].join('; ');

const parts = { policy, nonce, style, script };
const page = readFileSync('web/index.html', 'utf8').replace(
  /\{\{(\w+)\}\}/g,
  (place, name) => parts[name] ?? place,
);
mkdirSync('dist/web', { recursive: true });
writeFileSync('dist/web/page.html', page);

/** Bundles one file. The end of a script or a comment inside it would end it in HTML. */
async function bundle(options) {
  const { outputFiles } = await build({ ...common, ...options });
  return outputFiles[0].text
    .trim()
    .replaceAll('<!--', '\\x3C!--')
    .replace(/<(\/?script)/gi, '\\x3C$1');
}

function digestOf(text) {
  return createHash('sha256').update(text).digest('base64');
}

/** Puts another module in the place of a package. */
function substitute(name, contents) {
  const filter = new RegExp(`^${name}$`);
  return {
    name: `substitute ${name}`,
    setup({ onLoad, onResolve }) {
      onResolve({ filter }, () => ({ path: name, namespace: 'substitute' }));
      onLoad({ filter, namespace: 'substitute' }, () => ({ contents }));
    },
  };
}

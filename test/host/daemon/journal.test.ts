import { expect } from 'chai';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandPath } from '../../command.js';
import { missing } from '../../requirements.js';

const journald = '/usr/lib/systemd/systemd-journald';

/**
 * Runs a journal of its own in a private /run, then the daemon, and prints what the journal has got, one JSON document
 * per line. There is no xenstored, so the daemon reports that.
 */
const script = `
mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/journal /run/log/journal || exit 1
${journald} & journald=$!
until [ -S /run/systemd/journal/socket ]; do sleep 0.1; done
"$@" & daemon=$!
search() { journalctl --directory=/run/log/journal --output=json --no-pager "$@" 2>/dev/null; }
until [ -n "$(search VIRT2XEN_EVENT=store-lost)" ]; do sleep 0.2; done
kill -TERM $daemon; wait $daemon
echo "$daemon"
search SYSLOG_IDENTIFIER=virt2xend
kill $journald; wait $journald 2>/dev/null
`;

describe('the log of the daemon in the journal', () => {
  before(function () {
    const isThere = existsSync(journald) && spawnSync('unshare', ['--mount', 'true']).status === 0;
    if (isThere) return;
    missing('journal', 'systemd', 'it takes root and systemd-journald');
    this.skip();
  });

  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'virt2xen-journal-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('has levels, and fields to search by', async () => {
    const documents = join(folder, 'documents');
    mkdirSync(documents);
    writeFileSync(join(documents, 'bad.xml'), '<domain>\n');
    const places = [
      '--documents',
      documents,
      '--runtime-dir',
      join(folder, 'run'),
      '--control',
      join(folder, 's'),
    ];
    const command = [process.execPath, commandPath, 'daemon', ...places];
    const [pid = '', ...lines] = await output('unshare', ['--mount', 'sh', '-c', script, 'sh', ...command], {
      ...process.env,
      JOURNAL_STREAM: '1:1',
      XENSTORED_PATH: join(folder, 'no-xenstored'),
    });
    const entries = lines.map((line) => JSON.parse(line) as Record<string, string>);
    const lost = entries.find((entry) => entry['VIRT2XEN_EVENT'] === 'store-lost');
    expect(lost).to.include({ PRIORITY: '3', OBJECT_PID: pid });
    expect(lost?.['VIRT2XEN_RETRY_IN_MS']).to.match(/^\d+$/);
    const invalid = entries.find((entry) => entry['VIRT2XEN_EVENT'] === 'document-invalid');
    expect(invalid).to.include({ PRIORITY: '3', VIRT2XEN_FILE: 'bad.xml' });
    expect(invalid?.['MESSAGE']).to.match(/bad\.xml:1:1: error xml-syntax: .*\n/);
    const loaded = entries.find((entry) => entry['VIRT2XEN_EVENT'] === 'documents-loaded');
    expect(loaded).to.include({ PRIORITY: '6', VIRT2XEN_COUNT: '0' });
  });
});

/** The lines that a program prints. */
function output(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    child.once('error', reject).once('close', () => resolve(text.trimEnd().split('\n')));
  });
}

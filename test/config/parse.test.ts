import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { configKeys } from '../../cli/config/keys.js';
import { parseConfig } from '../../cli/config/parse-config.js';
import { findings } from '../diagnostics/findings.js';
import { configRows } from './pages.js';

const settingsOf = (source: string): object => parseConfig('config.toml', source).settings;
const problemsOf = (source: string): readonly string[] =>
  findings(source, parseConfig('config.toml', source).diagnostics);

/** A file with one example of each key. */
const everyKey = configKeys
  .map(
    ({ section, key, example }) => `[${section}]\n${key === undefined ? example : `${key} = ${example}`}\n`,
  )
  .join('')
  .replace(/(?<=\n)\[(\w+)\]\n/g, (head, section: string, offset: number, all: string) =>
    all.slice(0, offset).includes(head) ? '' : `[${section}]\n`,
  );

describe('the configuration file', () => {
  it('accepts the example of each key', () => {
    const { settings, diagnostics, origins } = parseConfig('config.toml', everyKey);
    expect(diagnostics).to.deep.equal([]);
    expect(settings).to.deep.equal({
      xen: '4.17',
      libvirt: '9.0',
      userBridge: 'xenbr0',
      network: { default: 'xenbr0' },
      pool: { images: '/var/lib/libvirt/images' },
      transport: 'virtio-serial',
      sparePorts: 2,
      socketMode: '0660',
      socketOwner: ':kvm',
      drop: ['redirdev', 'interface:user'],
    });
    expect([...origins.keys()]).to.deep.equal(configKeys.map(({ setting }) => setting));
  });

  it('may be empty, and have empty sections', () => {
    for (const source of ['', '# nothing\n', '[host]\n', 'networks = {}\n', '\r\n[pools]\r\n'])
      expect([settingsOf(source), problemsOf(source)], source).to.deep.equal([{}, []]);
  });

  it('means the same however TOML writes a table', () => {
    for (const source of ['[networks]\na = "b"', 'networks = { a = "b" }', 'networks.a = "b"'])
      expect(settingsOf(source), source).to.deep.equal({ network: { a: 'b' } });
  });

  it('accepts networks of any name', () => {
    const { settings } = parseConfig('config.toml', '[networks]\n"__proto__" = "br0"\n"a.b" = "br1"');
    expect(Object.entries(settings.network ?? {})).to.deep.equal([
      ['__proto__', 'br0'],
      ['a.b', 'br1'],
    ]);
  });

  for (const [source, ...expected] of [
    ['[host]\nxen = ', 'config-syntax: '],
    ['[host]\n[host]\n', 'config-syntax: h'],
    ['[hosts]\nxen = "4.17"', 'config-key: xen'],
    ['[hosts]', 'config-key: hosts'],
    ['xen = "4.17"', 'config-key: xen'],
    ['host = "x"', 'config-key: host'],
    ['[[host]]\nxen = "4.17"', 'config-key: host'],
    ['[channels]\nxen = "4.17"', 'config-key: xen'],
    ['[host.xen]', 'config-value: host.xen'],
    ['[host]\nxen = {}', 'config-value: xen'],
    ['[host]\nxen.a = "4.17"', 'config-key: xen.a'],
    ['[networks]\na.b = "br0"', 'config-key: a.b'],
    ['[host]\nxen = 4.17', 'config-value: 4.17'],
    ['[host]\nxen = "4.16"', 'config-value: "4.16"'],
    ['[host]\nlibvirt = ["9.0"]', 'config-value: ["9.0"]'],
    ['[host]\nuser-bridge = "a\\u0001"', 'config-value: "a\\u0001"'],
    ['[pools]\na = "images"', 'config-value: "images"'],
    ['[channels]\ntransport = "auto"', 'config-value: "auto"'],
    ['[channels]\nspare-ports = 31', 'config-value: 31'],
    ['[channels]\nspare-ports = 1.5', 'config-value: 1.5'],
    ['[channels]\nspare-ports = -1', 'config-value: -1'],
    ['[channels]\nsocket-mode = "888"', 'config-value: "888"'],
    ['[channels]\nsocket-owner = ""', 'config-value: ""'],
    ['[devices]\ndrop = "hostdev"', 'config-value: "hostdev"'],
    ['[devices]\ndrop = ["disk:", true, "all"]', 'config-value: "disk:"', 'config-value: true'],
  ] as const) {
    it(`refuses ${JSON.stringify(source)}`, () => {
      expect(problemsOf(source)).to.deep.equal(expected);
    });
  }

  it('describes the first error for a log, with its position and what to do', () => {
    const { problem } = parseConfig('/etc/x.toml', '[channels]\nxen = "4.17"\nfoo = 1\n');
    expect(problem?.inOneLine).to.equal(
      "/etc/x.toml:2:1: unknown key 'xen' in [channels]; move it to [host] (and 1 more; run virt2xen config)",
    );
  });

  it('is documented, each key in a row of docs/config.md', () => {
    const page = readFileSync('docs/config.md', 'utf8');
    const rows = [...page.matchAll(/^\| (`[a-z.-]+`) *\| (.+?) *\| (.+?) *\| (`--[a-z-]+`) *\|$/gm)];
    expect(rows.map(([, ...cells]) => cells)).to.deep.equal(configRows());
  });
});

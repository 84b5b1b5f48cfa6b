import { expect } from 'chai';
import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatXlConfig, type Channel, type Domain } from '../../lib/index.js';
import { parseXlSyntax } from '../../lib/xl-syntax/parser.js';
import { Report } from '../../lib/diagnostics/diagnostic.js';
import { smallest } from '../properties/generated-domain.js';
import { wildText } from '../properties/texts.js';
import { missing } from '../requirements.js';
import { at } from './json.js';
import { askQemu, listening, qemuProgram } from './real-qemu.js';
import { findXl } from './real-xl.js';

const port = { transport: { kind: 'virtio-serial' } } as const;

const domainOf = (channels: readonly Channel[]): Domain => ({
  ...smallest,
  os: { type: 'hvm', boot: ['disk'] },
  channels,
});

/** The arguments for the device model in an xl.cfg. */
function argumentsIn(config: string): readonly string[] {
  const { assignments } = parseXlSyntax(config, new Report());
  const value = assignments.find(({ key }) => key === 'device_model_args_hvm')?.value;
  return value?.kind === 'list'
    ? value.items.flatMap((item) => (item.kind === 'atom' ? [item.text] : []))
    : [];
}

/** What QEMU has of the ports in an xl.cfg: each port's name and number, and the file name of its chardev. */
async function portsOf(folder: string, config: string): Promise<readonly unknown[]> {
  const args = argumentsIn(config);
  const ids = args.flatMap((arg) => /^virtserialport,[^]*,id=(virt2xen-port[0-9]+)$/.exec(arg)?.[1] ?? []);
  const properties = ids.flatMap((id) =>
    ['name', 'nr'].map((property) => ({
      execute: 'qom-get',
      arguments: { path: `/machine/peripheral/${id}`, property },
    })),
  );
  const options = ['-machine', 'pc', '-m', '16', ...args];
  const [chardevs, ...values] = await askQemu(folder, options, [{ execute: 'query-chardev' }, ...properties]);
  const list = chardevs as readonly { label: string; filename: string }[];
  return ids.map((id, place) => ({
    name: values[2 * place],
    nr: values[2 * place + 1],
    filename: list.find(({ label }) => label === id)?.filename,
    // Besides the monitor of this test and that of the daemon.
    isOnlyOne: list.length === ids.length + 2,
  }));
}

describe('virtio-serial ports', function () {
  this.timeout(300_000);
  let folder = '';
  const servers: Server[] = [];
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'v2x-'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
  });
  after(() => {
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true });
  });

  describe('in the real QEMU', () => {
    if (!qemuProgram) missing('QEMU', 'qemu-system-xen', 'there is no xen-qemu-system-i386');
    before(function () {
      if (!qemuProgram) this.skip();
    });

    it('have every connection that a channel can have', async () => {
      const tcp = await listening(0);
      servers.push(tcp, await listening(join(folder, 'socket')));
      const service = String((tcp.address() as AddressInfo).port);
      const log = { path: join(folder, 'a,log=1'), append: true };
      const end = { kind: 'tcp', host: '127.0.0.1', protocol: 'raw' } as const;
      const connections: readonly (readonly [Channel['connection'], RegExp])[] = [
        [{ kind: 'pty' }, /^pty:\/dev\/pts\/\d+$/],
        [{ kind: 'null' }, /^null$/],
        [{ kind: 'file', path: join(folder, 'a,b=c'), append: true }, /^file$/],
        [{ kind: 'pipe', path: join(folder, 'pipe') }, /^pipe$/],
        [
          { kind: 'socket', mode: 'listen', path: join(folder, 'a,b') },
          /^disconnected:unix:.*\/a,b,server=on$/,
        ],
        [{ kind: 'socket', mode: 'connect', path: join(folder, 'socket') }, /^unix:$|^unix:.*\/socket/],
        [
          { kind: 'socket', mode: 'connect', path: join(folder, 'none'), reconnectSeconds: 1 },
          /^disconnected:unix:.*\/none$/,
        ],
        [{ ...end, mode: 'listen', service: '0' }, /^disconnected:tcp:127\.0\.0\.1:\d+,server=on$/],
        [{ ...end, mode: 'listen', service: '0', protocol: 'telnet' }, /^disconnected:telnet:/],
        [{ ...end, mode: 'connect', service }, /^tcp:127\.0\.0\.1:/],
        [{ kind: 'udp', send: { host: '127.0.0.1', service: '9' }, receive: {} }, /^udp/],
      ];
      const channels = connections.map(([connection], i): Channel => ({
        name: `n${i}`,
        connection,
        log,
        ...port,
      }));
      const { text, diagnostics } = formatXlConfig(domainOf(channels));
      const ports = await portsOf(folder, text ?? JSON.stringify(diagnostics));
      expect(ports).to.have.length(connections.length);
      for (const [i, [, filename]] of connections.entries()) {
        expect(ports[i])
          .to.include({ name: `n${i}`, isOnlyOne: true })
          .and.have.property('filename')
          .that.matches(filename);
      }
    });

    it('have the name and the path that the model specifies, whatever they contain', async () => {
      // QEMU's monitor replaces noncharacters in what it prints.
      const texts = fc
        .sample(wildText, { numRuns: 200, seed: 20_150_407 })
        .filter((text) => !/\p{Noncharacter_Code_Point}/u.test(text));
      const channels = texts.flatMap((text, i): readonly Channel[] => {
        const path = join(folder, `${i}-${text.replaceAll('/', '')}`);
        const one: Channel = { name: text, connection: { kind: 'socket', mode: 'listen', path }, ...port };
        return formatXlConfig(domainOf([one])).text === undefined ? [] : [one];
      });
      const unique = channels.filter(
        ({ name }, i) => channels.findIndex((other) => other.name === name) === i,
      );
      expect(unique.length).to.be.greaterThan(30);
      for (let start = 0; start < unique.length; start += 30) {
        const some = unique.slice(start, start + 30);
        const { text = '' } = formatXlConfig(domainOf(some));
        const ports = await portsOf(folder, text);
        expect(ports.map((one) => (one as { name: string }).name)).to.deep.equal(
          some.map(({ name }) => name),
        );
        for (const [i, { connection }] of some.entries()) {
          const path = 'path' in connection ? (connection.path ?? '') : '';
          expect(ports[i]).to.deep.include({
            isOnlyOne: true,
            filename: `disconnected:unix:${path},server=on`,
          });
        }
      }
    });
  });

  describe('in the real xl', () => {
    const xl = findXl();
    before(function () {
      if (!xl) this.skip();
    });

    it('are the arguments of an HVM guest, whatever they contain', () => {
      for (const text of fc.sample(wildText, { numRuns: 100, seed: 20_150_407 })) {
        const path = `/run/${text}`;
        const channel: Channel = { name: 'a', connection: { kind: 'socket', mode: 'listen', path }, ...port };
        const config = formatXlConfig(domainOf([channel])).text;
        if (config === undefined) continue;
        const verdict = xl?.read(config);
        if (!verdict?.ok) throw new Error(`${config}: ${verdict?.message ?? ''}`);
        const found = at(verdict.config, 'b_info', 'extra_hvm');
        expect(found, config).to.deep.equal(argumentsIn(config));
        expect((found as readonly string[])[7]).to.include(`path=${path.replaceAll(',', ',,')},server=on`);
      }
    });
  });
});

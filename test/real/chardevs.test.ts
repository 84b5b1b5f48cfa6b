import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseXlSyntax } from '../../lib/xl-syntax/parser.js';
import { Report } from '../../lib/diagnostics/diagnostic.js';
import { convert } from '../../lib/convert.js';
import { hvmXml } from '../libvirt/domains.js';
import { missing } from '../requirements.js';
import { askQemu, listening, qemuProgram } from './real-qemu.js';
import { settingsOf } from '../xl/guests.js';

/** What the forms require on the host: sockets to connect to, and a directory. */
interface Host {
  readonly folder: string;
  readonly tcp: number;
  /** A socket with a server. */
  readonly socket: string;
}

/** Every serial port that libvirt supports and xl.cfg can express (lib/xl/chardev.ts), by QEMU's report about it. */
const serials: Readonly<Record<string, (host: Host) => string>> = {
  pty: () => "<serial type='pty'>PORT</serial>",
  null: () => "<serial type='null'>PORT</serial>",
  vc: () => "<serial type='vc'>PORT</serial>",
  stdio: () => "<serial type='stdio'>PORT</serial>",
  device: () => "<serial type='dev'><source path='/dev/ptmx'/>PORT</serial>",
  file: ({ folder }) => `<serial type='file'><source path='${folder}/a file=1'/>PORT</serial>`,
  pipe: ({ folder }) => `<serial type='pipe'><source path='${folder}/pipe'/>PORT</serial>`,
  'socket that listens': ({ folder }) =>
    `<serial type='unix'><source mode='bind' path='${folder}/listening'/>PORT</serial>`,
  'socket that connects': ({ socket }) =>
    `<serial type='unix'><source mode='connect' path='${socket}'/>PORT</serial>`,
  'TCP port that listens': () =>
    "<serial type='tcp'><source mode='bind' host='127.0.0.1' service='0'/><protocol type='raw'/>PORT</serial>",
  'TCP port that connects': ({ tcp }) =>
    `<serial type='tcp'><source mode='connect' host='127.0.0.1' service='${tcp}'/><protocol type='raw'/>PORT</serial>`,
  'telnet port that listens': () =>
    "<serial type='tcp'><source mode='bind' host='127.0.0.1' service='0'/><protocol type='telnet'/>PORT</serial>",
  'telnet port that connects': ({ tcp }) =>
    `<serial type='tcp'><source mode='connect' host='127.0.0.1' service='${tcp}'/><protocol type='telnet'/>PORT</serial>`,
  'TCP port that listens at an IPv6 address': () =>
    "<serial type='tcp'><source mode='bind' host='::1' service='0'/><protocol type='raw'/>PORT</serial>",
  'telnet port that listens at any IPv6 address': () =>
    "<serial type='tcp'><source mode='bind' host='::' service='0'/><protocol type='telnet'/>PORT</serial>",
  'UDP port': () => "<serial type='udp'><source mode='connect' host='127.0.0.1' service='9'/>PORT</serial>",
  'UDP port that receives': () =>
    "<serial type='udp'><source mode='connect' host='127.0.0.1' service='9'/>" +
    "<source mode='bind' host='127.0.0.1' service='0'/>PORT</serial>",
  'UDP port that receives on any address': () =>
    "<serial type='udp'><source mode='connect' host='127.0.0.1' service='9'/>" +
    "<source mode='bind' service='0'/>PORT</serial>",
  'UDP port that receives on any port': () =>
    "<serial type='udp'><source mode='connect' host='127.0.0.1' service='9'/>" +
    "<source mode='bind' host='127.0.0.1' />PORT</serial>",
};

/** The chardev option that libxl passes to QEMU for a channel (libxl_dm.c: libxl__build_device_model_args_new). */
function ofChannel(text: string): string {
  const path = /(?:^|,)path=([^,]*)/.exec(text)?.[1];
  return path === undefined
    ? 'pty,id=channel-pty'
    : `socket,id=channel-socket,path=${path},server=on,wait=off`;
}

/** The strings of a setting: a single one, or the items of a list. */
function stringsOf(line: string): readonly string[] {
  const value = parseXlSyntax(`a = ${line}\n`, new Report()).assignments[0]?.value;
  if (value?.kind === 'atom') return [value.text];
  return value?.items.flatMap((item) => (item.kind === 'atom' ? [item.text] : [])) ?? [];
}

/** The character devices of a running QEMU, each by label and file name. */
async function chardevsOf(folder: string, options: readonly string[]): Promise<readonly string[]> {
  const [found] = await askQemu(folder, ['-machine', 'none', ...options], [{ execute: 'query-chardev' }]);
  return (found as readonly { label: string; filename: string }[]).map(
    ({ label, filename }) => `${label}=${filename}`,
  );
}

describe('every form of a character device', function () {
  if (!qemuProgram) missing('QEMU', 'qemu-system-xen', 'there is no xen-qemu-system-i386');
  let folder = '';
  const servers: Server[] = [];
  before(function () {
    if (!qemuProgram) this.skip();
    folder = mkdtempSync(join(tmpdir(), 'v2x-'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
  });
  after(() => {
    for (const server of servers) server.close();
    if (folder !== '') rmSync(folder, { recursive: true });
  });

  it('that convert writes is accepted by the real QEMU', async function () {
    this.timeout(300_000);
    const socket = join(folder, 'socket');
    const tcp = await listening(0);
    servers.push(tcp, await listening(socket));
    const host: Host = { folder, socket, tcp: (tcp.address() as AddressInfo).port };
    const options: string[] = [];
    for (const [form, write] of Object.entries(serials)) {
      const { settings, found } = settingsOf(hvmXml(write(host).replace('PORT', "<target port='0'/>")));
      expect(found, form).to.deep.equal([]);
      const strings = stringsOf(settings['serial'] ?? '');
      expect(strings, form).to.have.lengthOf(1);
      options.push('-serial', ...strings);
    }
    const channels = hvmXml(
      `<channel type='pty'><target type='xen' name='a'/></channel><channel type='unix'>` +
        `<source mode='bind' path='${folder}/channel'/><target type='xen' name='b'/></channel>`,
    );
    const channelStrings = stringsOf(settingsOf(channels).settings['channel'] ?? '');
    expect(channelStrings).to.have.lengthOf(2);
    for (const text of channelStrings) options.push('-chardev', ofChannel(text));
    const words = ['-chardev', `file,id=words,path=${folder}/a,,b "c"`];
    const config = `name = "a"\nmemory = 64\ntype = "hvm"\ndevice_model_args = ${JSON.stringify(words)}\n`;
    options.push(...stringsOf(settingsOf(convert(config).output ?? '').settings['device_model_args'] ?? ''));
    expect(options.slice(-2)).to.deep.equal(words);

    const found = await chardevsOf(folder, options);
    const labels = found.map((text) => text.slice(0, text.indexOf('=')));
    expect(labels).to.include.members([
      ...Object.keys(serials).map((_, number) => `serial${number}`),
      'channel-pty',
      'channel-socket',
      'words',
    ]);
  });

  it('that QEMU rejects makes this test fail', async function () {
    this.timeout(300_000);
    for (const text of ['udp:192.0.2.4:514@:', 'tcp:::1:0,server,nowait', 'tcp:[::1]:0,server,nowait']) {
      const error = await chardevsOf(folder, ['-serial', text]).then(
        () => undefined,
        (reason: unknown) => String(reason),
      );
      expect(error, text).to.include('QEMU ends');
    }
  });
});

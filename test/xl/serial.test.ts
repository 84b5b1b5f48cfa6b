import { expect } from 'chai';
import { convert } from '../../lib/convert.js';
import type { Connection } from '../../lib/model/connection.js';
import type { Serial } from '../../lib/model/serial.js';
import { hvmXml, pvXml } from '../libvirt/domains.js';
import { hvmConfig, pvConfig, read, readClean, settingsOf } from './guests.js';

const serials = (line: string): readonly Serial[] => readClean(hvmConfig(line)).serials;
const serial = (type: string, inside: string): string => `<serial type='${type}'>${inside}</serial>`;

const forms: readonly (readonly [string, Connection, string])[] = [
  ['pty', { kind: 'pty' }, serial('pty', '')],
  ['null', { kind: 'null' }, serial('null', '')],
  ['stdio', { kind: 'stdio' }, serial('stdio', '')],
  ['vc', { kind: 'vc' }, serial('vc', '')],
  ['/dev/ttyS0', { kind: 'device', path: '/dev/ttyS0' }, serial('dev', `<source path='/dev/ttyS0'/>`)],
  ['file:/l', { kind: 'file', path: '/l', append: false }, serial('file', `<source path='/l'/>`)],
  ['pipe:/p', { kind: 'pipe', path: '/p' }, serial('pipe', `<source path='/p'/>`)],
  [
    'unix:/s,server,nowait',
    { kind: 'socket', path: '/s', mode: 'listen' },
    serial('unix', `<source mode='bind' path='/s'/>`),
  ],
  [
    'unix:/s',
    { kind: 'socket', path: '/s', mode: 'connect' },
    serial('unix', `<source mode='connect' path='/s'/>`),
  ],
  [
    'tcp:h:1,server,nowait',
    { kind: 'tcp', host: 'h', service: '1', mode: 'listen', protocol: 'raw' },
    serial('tcp', `<source mode='bind' host='h' service='1'/><protocol type='raw'/>`),
  ],
  [
    'telnet:h:1',
    { kind: 'tcp', host: 'h', service: '1', mode: 'connect', protocol: 'telnet' },
    serial('tcp', `<source mode='connect' host='h' service='1'/><protocol type='telnet'/>`),
  ],
  [
    'tcp::1,host=::1,server,nowait',
    { kind: 'tcp', host: '::1', service: '1', mode: 'listen', protocol: 'raw' },
    serial('tcp', `<source mode='bind' host='::1' service='1'/><protocol type='raw'/>`),
  ],
  [
    'telnet::1,host=fe80::1%eth0',
    { kind: 'tcp', host: 'fe80::1%eth0', service: '1', mode: 'connect', protocol: 'telnet' },
    serial('tcp', `<source mode='connect' host='fe80::1%eth0' service='1'/><protocol type='telnet'/>`),
  ],
  [
    'udp:h:1@g:2',
    { kind: 'udp', send: { host: 'h', service: '1' }, receive: { host: 'g', service: '2' } },
    serial('udp', `<source mode='bind' host='g' service='2'/><source mode='connect' host='h' service='1'/>`),
  ],
];

describe("an HVM guest's serial ports", () => {
  for (const [text, connection, xml] of forms) {
    it(`are read from "${text}" and written to it`, () => {
      expect(serials(`serial = "${text}"`)).to.deep.equal([{ connection, port: 0 }]);
      const { settings, found } = settingsOf(hvmXml(xml));
      expect([settings['serial'], found]).to.deep.equal([`"${text}"`, []]);
    });
  }

  it('are a list, with "none" for a missing port', () => {
    expect(serials(`serial = [ "none", "pty", "null" ]`)).to.deep.equal([
      { connection: { kind: 'pty' }, port: 1 },
      { connection: { kind: 'null' }, port: 2 },
    ]);
    const xml = hvmXml(
      `<serial type='pty'><target port='2'/></serial><serial type='null'><target port='0'/></serial>`,
    );
    expect(settingsOf(xml).settings['serial']).to.equal('[ "null", "none", "pty" ]');
  });

  it('can be none', () => {
    expect(serials('serial = "none"')).to.deep.equal([]);
    expect(settingsOf(hvmXml()).settings['serial']).to.equal('"none"');
  });

  it('of a form that libvirt cannot express are preserved together', () => {
    for (const line of [
      'serial = "msmouse"',
      'serial = [ "pty", "msmouse" ]',
      'serial = "tcp:1"',
      'serial = ""',
    ]) {
      const { domain, found } = read(hvmConfig(line));
      expect([domain.serials, found], line).to.deep.equal([[], ['not-implemented: serial']]);
      expect(convert(convert(hvmConfig(line)).output ?? '').output).to.include(`${line}\n`);
    }
  });

  it('with options that libvirt cannot express are preserved', () => {
    for (const line of [
      'serial = "tcp:h:1,server,nodelay"',
      'serial = "unix:/s,server,nowait,reconnect=5"',
      'serial = "tcp:h:1,server"',
    ]) {
      expect(convert(convert(hvmConfig(line)).output ?? '').output, line).to.include(`${line}\n`);
    }
  });

  it('after the fourth are omitted with a warning', () => {
    const xml = hvmXml(`<serial type='pty'><target port='4'/></serial>`);
    const { settings, found } = settingsOf(xml);
    expect([settings['serial'], found]).to.deep.equal(['"none"', [`unsupported: <serial type='pty'>`]]);
  });

  it('with an invalid port are rejected', () => {
    expect(settingsOf(hvmXml(`<serial type='pty'><target port='x'/></serial>`)).found).to.deep.equal([
      `value-invalid: port='x'`,
    ]);
  });

  it('that xl cannot express are omitted with a warning', () => {
    for (const [type, source] of [
      ['spiceport', `<source channel='c'/>`],
      ['nmdm', `<source master='/m' slave='/s'/>`],
      ['dbus', ''],
    ] as const) {
      expect(settingsOf(hvmXml(serial(type, source))).found).to.deep.equal([
        `unsupported: <serial type='${type}'>`,
      ]);
    }
  });

  it('at an IPv6 address before the port are read with a warning: QEMU rejects them, with or without brackets', () => {
    for (const [text, written] of [
      ['tcp:::1:2445', 'tcp::2445,host=::1'],
      ['tcp:[::1]:2445,server,nowait', 'tcp::2445,host=::1,server,nowait'],
      ['telnet:[2001:db8::1]:1', 'telnet::1,host=2001:db8::1'],
    ] as const) {
      const source = hvmConfig(`serial = "${text}"`);
      const { diagnostics } = convert(source);
      expect(diagnostics.map(({ code, hint }) => [code, hint])).to.deep.include([
        'xl-nonstandard-syntax',
        `write ${written}`,
      ]);
      expect(convert(convert(source).output ?? '').output).to.include(`serial = "${written}"\n`);
    }
  });

  it('of UDP at an IPv6 address are read, and rejected on the way back: QEMU has no syntax for them', () => {
    const source = hvmConfig('serial = "udp:[::1]:514@[::]:515"');
    const { output = '', diagnostics } = convert(source);
    expect(output).to.include("<source mode='connect' host='::1' service='514'/>");
    expect(diagnostics.map(({ code }) => code)).to.include('xl-nonstandard-syntax');
    expect(settingsOf(output).found).to.deep.equal([
      `xl-unrepresentable: <source mode='bind' host='::' service='515'/>`,
    ]);
  });

  it('at a host with a colon that is no IPv6 address are not written', () => {
    const xml = serial('tcp', `<source mode='connect' host='a:b' service='1'/><protocol type='raw'/>`);
    expect(settingsOf(hvmXml(xml)).found).to.have.length(1);
    expect(read(hvmConfig('serial = "tcp:a:b:1"')).found).to.deep.equal(['not-implemented: serial']);
  });

  it('cannot inject options of QEMU through a value', () => {
    for (const xml of [
      serial('unix', `<source mode='connect' path='/s,server'/>`),
      serial('tcp', `<source mode='connect' host='h' service='1,server'/><protocol type='raw'/>`),
      serial('tcp', `<source mode='connect' host='h,x' service='1'/><protocol type='raw'/>`),
      serial('udp', `<source mode='connect' host='h' service='1,x=y'/>`),
      serial('dev', `<source path='unix:/evil,server'/>`),
      serial('dev', `<source path='stdio'/>`),
    ]) {
      const { settings } = settingsOf(hvmXml(xml));
      expect(settings['serial'] ?? '"none"', xml).to.equal('"none"');
    }
  });

  it('are the console if there is no <serial>', () => {
    expect(
      settingsOf(hvmXml(`<console type='pty'><target type='serial' port='0'/></console>`)).settings['serial'],
    ).to.equal('"pty"');
    expect(settingsOf(hvmXml(`<serial type='null'/><console type='pty'/>`)).settings['serial']).to.equal(
      '"null"',
    );
  });
});

describe("a PV guest's serial ports", () => {
  it('do not exist', () => {
    expect(settingsOf(pvXml(serial('pty', '')))).to.deep.include({
      found: [`unsupported: <serial type='pty'>`],
    });
    const { domain, found } = read(pvConfig('serial = "pty"'));
    expect([domain.serials, found]).to.deep.equal([[], ['xl-ignored: serial']]);
  });
});

describe('a UDP port without a receiving end', () => {
  it('is restored unchanged', () => {
    const source = 'name = "guest"\nmemory = 64\ntype = "hvm"\nserial = "udp:192.0.2.4:514"\n';
    const back = convert(convert(source).output ?? '').output;
    expect(back).to.include('serial = "udp:192.0.2.4:514"');
  });
});

import { expect } from 'chai';
import { convert, formatXlConfig, parseXlConfig, type ConvertOptions } from '../../lib/convert.js';
import type { Channel } from '../../lib/model/channel.js';
import type { Connection } from '../../lib/model/connection.js';
import { findings } from '../diagnostics/findings.js';
import { kvmXml } from '../libvirt/domains.js';
import { pvConfig, read, readClean } from './guests.js';

const config = (...entries: readonly string[]): string => pvConfig(`channel = [ ${entries.join(', ')} ]`);

/** The channels of valid entries. */
const channels = (...entries: readonly string[]): readonly Channel[] =>
  readClean(config(...entries.map((entry) => `'${entry}'`))).channels;

/** The errors of an entry. */
const wrong = (entry: string): readonly string[] => read(config(`'${entry}'`)).found;

const pty = (name: string): Channel => ({ name, connection: { kind: 'pty' } });
const socket = (name: string, path: string): Channel => ({
  name,
  connection: { kind: 'socket', path, mode: 'listen' },
});

describe("an xl.cfg's channels", () => {
  it('are ptys and sockets', () => {
    expect(channels('connection=pty,name=a', 'connection=socket,path=/run/b,name=b')).to.deep.equal([
      pty('a'),
      socket('b', '/run/b'),
    ]);
  });

  it('can have their parameters in any order', () => {
    expect(channels('name=a,path=/run/a,connection=socket')).to.deep.equal([socket('a', '/run/a')]);
  });

  it('can have blanks around keys and values, and empty pieces between commas', () => {
    expect(channels(' connection = pty ,,\tname = a b ,')).to.deep.equal([pty('a b')]);
  });

  it('can be served by another domain', () => {
    expect(channels('connection=pty,name=a,backend=driver')).to.deep.equal([
      { ...pty('a'), backendDomain: 'driver' },
    ]);
  });

  it('can have non-ASCII names', () => {
    expect(channels('connection=pty,name=größe')).to.deep.equal([pty('größe')]);
  });

  it('are read to the end of a list with +=', () => {
    const source = pvConfig(`channel = ['connection=pty,name=a']`, `channel += ['connection=pty,name=b']`);
    expect(readClean(source).channels).to.deep.equal([pty('a'), pty('b')]);
  });

  it('skip a leading = of a parameter and a second one before a value, as xl does', () => {
    expect(channels('=connection=pty,name==a')).to.deep.equal([pty('a')]);
  });

  it('use the last of a repeated parameter, and report the others', () => {
    const source = config(`'connection=pty,connection=socket,path=/1,path=/2,name=a,name=b'`);
    const { domain, found } = read(source);
    expect(domain.channels).to.deep.equal([socket('b', '/2')]);
    expect(found).to.deep.equal([
      'xl-overridden: connection=pty',
      'xl-overridden: path=/1',
      'xl-overridden: name=a',
    ]);
  });

  it('report a type that is overridden by the current connection parameter', () => {
    expect(read(config(`'type=none,connection=pty,name=a'`)).found).to.deep.equal(['xl-ignored: type=none']);
  });

  it('report a path that a pty does not use', () => {
    const { domain, found } = read(config(`'connection=pty,path=/p,name=a'`));
    expect(domain.channels).to.deep.equal([pty('a')]);
    expect(found).to.deep.equal(['xl-ignored: path=/p']);
  });

  it('report a parameter that xl does not support', () => {
    const { domain, found } = read(config(`'connection=pty,name=a,foo=1'`));
    expect(domain.channels).to.deep.equal([pty('a')]);
    expect(found).to.deep.equal(['xl-ignored: foo=1']);
  });

  it('are ignored if they are not a list, as xl does', () => {
    const { domain, found } = read(pvConfig(`channel = 'connection=pty,name=a'`));
    expect(domain.channels).to.deep.equal([]);
    expect(found).to.deep.equal([`xl-ignored: 'connection=pty,name=a'`]);
  });

  it('end at an entry that is a list, as for xl', () => {
    const { domain, found } = read(config(`'connection=pty,name=a'`, `['x']`, `'connection=pty,name=b'`));
    expect(domain.channels).to.deep.equal([pty('a')]);
    expect(found).to.deep.equal([`xl-ignored: ['x']`]);
  });

  describe('are rejected', () => {
    it('without a connection', () => {
      expect(wrong('name=a')).to.deep.equal([`channel-connection: 'name=a'`]);
    });

    it('with a connection that xl does not support, also as a prefix or in capitals', () => {
      for (const kind of ['PTY', 'Socket', 'ptyx', 'socketpair', 'tcp', 'file']) {
        expect(wrong(`connection=${kind},path=/p,name=a`)).to.deep.equal([
          `channel-connection: connection=${kind}`,
        ]);
      }
    });

    it('as a socket without a path', () => {
      expect(wrong('connection=socket,name=a')).to.deep.equal([`channel-path: 'connection=socket,name=a'`]);
    });

    it('without a name', () => {
      expect(wrong('connection=pty')).to.deep.equal([`channel-name: 'connection=pty'`]);
    });

    it('with a piece that is not KEY=VALUE', () => {
      expect(wrong('connection=pty,name=a,foo')).to.deep.equal(['channel-connection: foo']);
      expect(wrong('connection=pty,name=a,foo=')).to.deep.equal(['channel-connection: foo=']);
      expect(wrong('connection=pty,name=a,=foo')).to.deep.equal(['channel-connection: =foo']);
      expect(wrong('connection=pty, ,name=a')).to.deep.equal(['channel-connection:  ']);
    });

    it('without any parameter: xl itself crashes', () => {
      expect(wrong('')).to.deep.equal([`channel-connection: ''`]);
      expect(wrong(',,')).to.deep.equal([`channel-connection: ',,'`]);
    });

    it('as a number', () => {
      expect(read(config('1')).found).to.deep.equal(['channel-connection: 1']);
    });

    it('each with its own position, before and after escapes', () => {
      const source = config(String.raw`'connection=pty,name=a\tb,foo'`, `'name=c'`);
      expect(read(source).found).to.deep.equal(['channel-connection: foo', `channel-connection: 'name=c'`]);
    });
  });

  describe('in the syntax of 2014', () => {
    it('are read', () => {
      const { domain, found } = read(
        config(
          `'type=pty,name=a'`,
          `'type=socket,path=/b,name=b'`,
          `'type=file,path=/c,name=c'`,
          `'type=path,path=/dev/d,name=d'`,
          `'type=none,name=e'`,
        ),
      );
      expect(domain.channels).to.deep.equal([
        pty('a'),
        socket('b', '/b'),
        { name: 'c', connection: { kind: 'file', path: '/c', append: false } },
        { name: 'd', connection: { kind: 'device', path: '/dev/d' } },
        { name: 'e', connection: { kind: 'null' } },
      ]);
      expect(found).to.deep.equal(
        ['pty', 'socket', 'file', 'path', 'none'].map((type) => `xl-nonstandard-syntax: type=${type}`),
      );
    });

    it('are overridden by the current connection parameter', () => {
      const { domain } = read(config(`'type=none,connection=pty,name=a'`));
      expect(domain.channels).to.deep.equal([pty('a')]);
    });

    it('are rejected with a type that it does not have', () => {
      expect(wrong('type=tcp,name=a')).to.include('channel-connection: type=tcp');
    });

    it('are rejected without the path that they require', () => {
      for (const type of ['socket', 'file', 'path']) {
        expect(wrong(`type=${type},name=a`)).to.include(`channel-path: 'type=${type},name=a'`);
      }
    });
  });

  describe('that start with a placeholder', () => {
    it('are those after it', () => {
      expect(channels('connection=pty,name=virt2xen.pad', 'connection=pty,name=a')).to.deep.equal([pty('a')]);
    });

    it('report that it was omitted', () => {
      const source = config(`'connection=pty,name=virt2xen.pad'`, `'connection=pty,name=a'`);
      expect(findings(source, parseXlConfig(source).diagnostics)).to.deep.equal([
        `channel-placeholder: 'connection=pty,name=virt2xen.pad'`,
      ]);
    });

    it('include a channel of that name at another position', () => {
      expect(channels('connection=pty,name=a', 'connection=pty,name=virt2xen.pad')).to.have.length(2);
    });
  });
});

describe('channels written to an xl.cfg', () => {
  const { domain } = read(pvConfig());

  function write(
    list: readonly Channel[],
    options: ConvertOptions = {},
  ): { readonly line: string | undefined; readonly messages: readonly string[] } {
    const { text, diagnostics } = formatXlConfig({ ...domain, channels: list }, options);
    return {
      line: text?.split('\n').find((line) => line.startsWith('channel')),
      messages: diagnostics.map(({ code, message }) => `${code}: ${message}`),
    };
  }

  const one = (connection: Connection): readonly Channel[] => [{ name: 'a', connection }];

  it('are strings of a list, the connection first', () => {
    expect(write([pty('a'), socket('b', '/run/b')], { xen: '4.20' })).to.deep.equal({
      line: 'channel = [ "connection=pty,name=a", "connection=socket,path=/run/b,name=b" ]',
      messages: [],
    });
  });

  it('name the domain that serves them', () => {
    expect(write([{ ...pty('a'), backendDomain: 'driver' }]).line).to.equal(
      'channel = [ "connection=pty,name=a,backend=driver" ]',
    );
  });

  it('get a path if they have none', () => {
    expect(write(one({ kind: 'socket', mode: 'listen' }), { xen: '4.20' })).to.deep.equal({
      line: 'channel = [ "connection=socket,path=/var/lib/libvirt/libxl/channel/target/guest-a,name=a" ]',
      messages: [
        "channel-default-path: channel 'a': default socket path /var/lib/libvirt/libxl/channel/target/guest-a",
      ],
    });
  });

  it('are absent if there are none', () => {
    expect(write([])).to.deep.equal({ line: undefined, messages: [] });
    expect(write([], { xen: '4.17' })).to.deep.equal({ line: undefined, messages: [] });
  });

  for (const [connection, reason] of [
    [{ kind: 'socket', path: '/p', mode: 'connect' }, 'xl can only listen on a socket, not connect to one'],
    [{ kind: 'file', path: '/p', append: false }, 'xl cannot connect a channel to a file'],
    [{ kind: 'null' }, 'xl has no null connection'],
    [{ kind: 'pipe', path: '/p' }, 'xl cannot connect a channel to a named pipe'],
    [{ kind: 'device', path: '/dev/p' }, 'xl cannot connect a channel to a host device'],
    [
      { kind: 'tcp', host: 'h', service: '1', mode: 'listen', protocol: 'raw' },
      'xl cannot connect a channel to a TCP port',
    ],
    [{ kind: 'udp', send: { service: '1' } }, 'xl cannot connect a channel to a UDP port'],
    [{ kind: 'stdio' }, 'its endpoint would be the standard input of the device model'],
    [{ kind: 'vc' }, "its endpoint would be a text console in the device model's window"],
    [{ kind: 'nmdm', master: '/m', slave: '/s' }, 'null modem devices exist on FreeBSD bhyve hosts only'],
    [{ kind: 'dbus' }, "QEMU's D-Bus display needs a virtio serial port"],
  ] as const) {
    const mode = 'mode' in connection ? ` that is to ${connection.mode}` : '';
    it(`are rejected as ${connection.kind}${mode}, with the reason`, () => {
      expect(write(one(connection), { xen: '4.20' })).to.deep.equal({
        line: undefined,
        messages: [`channel-connection: channel 'a': ${reason}`],
      });
    });
  }

  it('are omitted if only SPICE connects to them', () => {
    for (const connection of [{ kind: 'spicevmc' }, { kind: 'spiceport', channel: 'c' }] as const) {
      const { line, messages } = write(one(connection), { xen: '4.17' });
      expect(line).to.equal(undefined);
      expect(messages).to.have.lengthOf(1);
      expect(messages[0]).to.match(/^unsupported: channel 'a' omitted: .*SPICE/);
    }
  });

  it('are written in the syntax of 2014 on request, which has more connections', () => {
    const list: readonly Channel[] = [
      pty('a'),
      socket('b', '/b'),
      { name: 'c', connection: { kind: 'file', path: '/c', append: false } },
      { name: 'd', connection: { kind: 'device', path: '/dev/d' } },
      { name: 'e', connection: { kind: 'null' } },
    ];
    const { line } = write(list, { channelSyntax: '2014' });
    expect(line).to.equal(
      'channel = [ "type=pty,name=a", "type=socket,path=/b,name=b", "type=file,path=/c,name=c", ' +
        '"type=path,path=/dev/d,name=d", "type=none,name=e" ]',
    );
    expect(read(pvConfig(line ?? '')).domain.channels).to.deep.equal(list);
  });

  it('are rejected in the syntax of 2014 if it cannot express them either', () => {
    expect(write(one({ kind: 'pipe', path: '/p' }), { channelSyntax: '2014' }).line).to.equal(undefined);
  });

  it('start with a placeholder for Xen 4.17', () => {
    expect(write([pty('a')], { xen: '4.17' })).to.deep.equal({
      line: 'channel = [ "connection=pty,name=virt2xen.pad", "connection=pty,name=a" ]',
      messages: [
        'channel-placeholder: placeholder added before the first channel: Xen 4.17 drops the first channel of a config',
      ],
    });
  });

  it('start with a placeholder in the requested syntax', () => {
    expect(write([pty('a')], { xen: '4.17', channelSyntax: '2014' }).line).to.equal(
      'channel = [ "type=pty,name=virt2xen.pad", "type=pty,name=a" ]',
    );
  });

  it('for Xen 4.17 get one placeholder, not a second on the way back', () => {
    const first = convert(config(`'connection=pty,name=a'`), { to: 'xl', xen: '4.17' }).output ?? '';
    expect(convert(first, { to: 'xl', xen: '4.17' }).output).to.equal(first);
  });

  it('report that an old xl drops the first one, if no release is specified', () => {
    expect(write([pty('a')]).messages).to.deep.equal([
      'channel-first-dropped: Xen 4.17 and older drop the first channel of a config',
    ]);
  });

  for (const xen of ['4.18', '4.19', '4.20', '4.21'] as const) {
    it(`require no placeholder for Xen ${xen}`, () => {
      expect(write([pty('a')], { xen })).to.deep.equal({
        line: 'channel = [ "connection=pty,name=a" ]',
        messages: [],
      });
    });
  }
});

describe('the first channel of an xl.cfg', () => {
  const found = (entries: readonly string[], options: ConvertOptions = {}): readonly string[] =>
    convert(config(...entries.map((entry) => `'${entry}'`)), { from: 'xl', ...options })
      .diagnostics.map(({ code }) => code)
      .filter((code) => code.startsWith('channel-'));
  const agent = 'connection=socket,path=/run/a,name=agent';

  it('that is a placeholder made by hand is the only one, also by way of XML that was made for any release', () => {
    for (const xen of [undefined, '4.17', '4.21'] as const) {
      const entries = [`connection=pty,name=console`, agent];
      const cfg = convert(config(...entries.map((entry) => `'${entry}'`)), { xen }).output ?? '';
      const { output = '', diagnostics } = convert(cfg, { xen: '4.17' });
      expect(output.match(/connection=/g), String(xen)).to.have.lengthOf(2);
      expect(diagnostics.map(({ code }) => code)).to.include('channel-placeholder');
    }
  });

  it('is a channel if it is of KVM, which needs no placeholder', () => {
    const port = (name: string): string =>
      `<channel type='pty'><target type='virtio' name='${name}'/></channel>`;
    const { output = '' } = convert(kvmXml(port('console') + port('agent')), { xen: '4.17' });
    expect(output).to.include('name=virt2xen.pad').and.include('name=console').and.include('name=agent');
  });

  it('is dropped by Xen 4.17, and possibly by unknown releases', () => {
    expect(found([agent], { xen: '4.17' })).to.include('channel-dropped');
    expect(found([agent]))
      .to.include('channel-first-dropped')
      .and.not.to.include('channel-dropped');
    expect(found([agent], { xen: '4.20' })).not.to.include.members(['channel-first-dropped']);
  });

  for (const name of ['console', 'placeholder', 'dummy', 'Pad', 'unused']) {
    it(`is a placeholder as ${name}: the others keep their numbers, and no second one is added`, () => {
      const source = config(`'connection=pty,name=${name}'`, `'${agent}'`);
      const xml = convert(source, { from: 'xl', xen: '4.17' }).output ?? '';
      expect(xml).not.to.include(`name='${name}'`);
      const back = parseXlConfig(convert(xml, { xen: '4.17' }).output ?? '').domain?.channels;
      expect(back).to.deep.equal([socket('agent', '/run/a')]);
      expect(convert(xml, { xen: '4.17' }).output?.match(/connection=/g)).to.have.lengthOf(2);
      expect(found([`connection=pty,name=${name}`, agent], { xen: '4.17' })).not.to.include(
        'channel-dropped',
      );
    });
  }

  it('is a channel if it is alone, served by another domain, not a pty, or the release creates it', () => {
    const read = (...entries: readonly string[]): number =>
      parseXlConfig(config(...entries.map((entry) => `'${entry}'`))).domain?.channels.length ?? 0;
    expect(read('connection=pty,name=console')).to.equal(1);
    expect(read('connection=pty,name=console,backend=driver', agent)).to.equal(2);
    expect(read('connection=socket,path=/run/c,name=console', agent)).to.equal(2);
    const source = config(`'connection=pty,name=console'`, `'${agent}'`);
    expect(parseXlConfig(source, { xen: '4.20' }).domain?.channels).to.have.lengthOf(2);
    // Without a release it is unknown, and no channel may be lost.
    expect(parseXlConfig(source).domain?.channels).to.have.lengthOf(2);
  });
});

import { expect } from 'chai';
import { adapt } from '../../lib/adapt/adapt.js';
import { convert, formatDomainXml, formatXlConfig, type ConvertOptions } from '../../lib/convert.js';
import type { Channel } from '../../lib/model/channel.js';
import { findings, problems } from '../diagnostics/findings.js';
import { pvConfig, settingsOf } from '../xl/guests.js';
import { elementsOf, hvmXml, kvmXml, pvXml, read, readClean } from './domains.js';

const channel = (type: string, inside: string): string => `<channel type='${type}'>${inside}</channel>`;
const named = `<target type='xen' name='a'/>`;
const spice = `<graphics type='spice' port='5901'/>`;

/** The only channel of a document that has no diagnostics. */
function one(xml: string): Channel | undefined {
  const { channels } = readClean(pvXml(xml));
  expect(channels).to.have.length(1);
  return channels[0];
}

/** The `channel` setting of the xl.cfg, and all diagnostics including those of severity info. */
function converted(
  xml: string,
  options: ConvertOptions = { xen: '4.20' },
): { readonly line: string | undefined; readonly found: readonly string[] } {
  const { output, diagnostics } = convert(xml, options);
  return {
    line: output?.split('\n').find((line) => line.startsWith('channel = ')),
    found: findings(xml, diagnostics),
  };
}

describe("a domain XML's channels", () => {
  it('are parsed as ptys', () => {
    const a = { name: 'a', connection: { kind: 'pty' } };
    expect(one(channel('pty', named))).to.deep.equal(a);
    expect(one(`<channel>${named}</channel>`)).to.deep.equal(a);
  });

  it('are listening sockets, unless they specify connect', () => {
    for (const mode of [`mode='bind' `, '']) {
      expect(one(channel('unix', `<source ${mode}path='/p'/>${named}`))).to.deep.equal({
        name: 'a',
        connection: { kind: 'socket', path: '/p', mode: 'listen' },
      });
    }
    expect(
      one(
        channel(
          'unix',
          `<source mode='connect' path='/p'><reconnect enabled='yes' timeout='5'/></source>${named}`,
        ),
      ),
    ).to.deep.equal({
      name: 'a',
      connection: { kind: 'socket', path: '/p', mode: 'connect', reconnectSeconds: 5 },
    });
  });

  it('can be sockets without a path yet', () => {
    for (const source of ['', '<source/>', `<source mode='bind'/>`, `<source mode='bind' path=''/>`]) {
      expect(one(channel('unix', source + named)), source).to.deep.equal({
        name: 'a',
        connection: { kind: 'socket', mode: 'listen' },
      });
    }
  });

  for (const [type, source, connection] of [
    ['file', `<source path='/p'/>`, { kind: 'file', path: '/p', append: false }],
    ['file', `<source path='/p' append='on'/>`, { kind: 'file', path: '/p', append: true }],
    ['pipe', `<source path='/p'/>`, { kind: 'pipe', path: '/p' }],
    ['dev', `<source path='/dev/p'/>`, { kind: 'device', path: '/dev/p' }],
    ['null', '', { kind: 'null' }],
    ['stdio', '', { kind: 'stdio' }],
    ['vc', '', { kind: 'vc' }],
    ['dbus', '', { kind: 'dbus' }],
    ['qemu-vdagent', '', { kind: 'qemu-vdagent' }],
    ['spiceport', `<source channel='c'/>`, { kind: 'spiceport', channel: 'c' }],
    ['nmdm', `<source master='/m' slave='/s'/>`, { kind: 'nmdm', master: '/m', slave: '/s' }],
    [
      'tcp',
      `<source mode='bind' host='h' service='1'/><protocol type='telnet'/>`,
      { kind: 'tcp', host: 'h', service: '1', mode: 'listen', protocol: 'telnet' },
    ],
    [
      'tcp',
      `<source service='1'/>`,
      { kind: 'tcp', host: '', service: '1', mode: 'connect', protocol: 'raw' },
    ],
    [
      'udp',
      `<source mode='bind' host='b' service='1'/><source mode='connect' host='c' service='2'/>`,
      { kind: 'udp', send: { host: 'c', service: '2' }, receive: { host: 'b', service: '1' } },
    ],
  ] as const) {
    it(`of type ${type} with ${source === '' ? 'no source' : source} are parsed`, () => {
      expect(one(channel(type, source + named))?.connection).to.deep.equal(connection);
    });
  }

  it('do not include the <channel> elements of <graphics>', () => {
    const source = hvmXml(`<graphics type='spice' port='5901'><channel name='main' mode='any'/></graphics>`);
    const { domain, found } = read(source);
    expect(domain.channels).to.deep.equal([]);
    expect(found).to.deep.equal([`unsupported: <channel name='main' mode='any'/>`]);
  });

  describe('are rejected', () => {
    /** The errors of a channel of a PV guest. */
    const wrong = (xml: string): readonly string[] => read(pvXml(xml)).found;

    it('without a target', () => {
      expect(wrong(`<channel type='pty'/>`)).to.deep.equal([`channel-target: <channel type='pty'/>`]);
    });

    it('with a target without a type, or of a type that Xen does not support', () => {
      expect(wrong(channel('pty', `<target name='a'/>`))).to.deep.equal([
        `channel-target: <target name='a'/>`,
      ]);
      for (const type of ['none', 'foo', '']) {
        expect(wrong(channel('pty', `<target type='${type}' name='a'/>`))).to.deep.equal([
          `channel-target: type='${type}'`,
        ]);
      }
      expect(wrong(channel('unix', `<target type='guestfwd' address='10.0.2.1' port='4600'/>`))).to.include(
        `channel-target: type='guestfwd'`,
      );
    });

    it('without a name', () => {
      expect(wrong(channel('pty', `<target type='xen'/>`))).to.deep.equal([
        `channel-name: <target type='xen'/>`,
      ]);
      expect(wrong(channel('pty', `<target type='virtio'/>`))).to.deep.equal([
        `channel-name: <target type='virtio'/>`,
      ]);
    });

    it('with a type that libvirt does not know', () => {
      expect(wrong(channel('foo', named))).to.deep.equal([`channel-connection: type='foo'`]);
    });

    it('with two sources', () => {
      expect(wrong(channel('unix', `<source path='/1'/><source path='/2'/>${named}`))).to.deep.equal([
        `channel-connection: <source path='/2'/>`,
      ]);
    });

    it('with a mode that is neither bind nor connect', () => {
      expect(wrong(channel('unix', `<source mode='client' path='/p'/>${named}`))).to.deep.equal([
        `channel-connection: mode='client'`,
      ]);
    });

    it('if they listen and have <reconnect>', () => {
      const reconnect = `<reconnect enabled='yes'/>`;
      expect(
        wrong(channel('unix', `<source mode='bind' path='/p'>${reconnect}</source>${named}`)),
      ).to.deep.equal([`channel-connection: ${reconnect}`]);
    });

    it('without the path that their type requires', () => {
      for (const type of ['file', 'pipe', 'dev']) {
        expect(wrong(channel(type, `<source path=''/>${named}`))).to.deep.equal([
          `channel-path: <source path=''/>`,
        ]);
        expect(wrong(channel(type, named))).to.deep.equal([`channel-path: <channel type='${type}'>`]);
      }
    });

    it('with TCP and without a port', () => {
      expect(wrong(channel('tcp', `<source host='h'/>${named}`))).to.deep.equal([
        `channel-connection: <source host='h'/>`,
      ]);
    });

    it('each separately, in one run', () => {
      expect(wrong(`<channel type='pty'/>${channel('foo', named)}`)).to.deep.equal([
        `channel-target: <channel type='pty'/>`,
        `channel-connection: type='foo'`,
      ]);
    });
  });
});

describe('a channel converted from XML to xl.cfg', () => {
  it('is a pty for a pty', () => {
    expect(converted(pvXml(channel('pty', named)))).to.deep.equal({
      line: 'channel = [ "connection=pty,name=a" ]',
      found: [],
    });
  });

  it('loses the terminal of a running domain, which is reported', () => {
    const xml = pvXml(channel('pty', `<source path='/dev/pts/1'/>${named}`));
    expect(converted(xml)).to.deep.equal({
      line: 'channel = [ "connection=pty,name=a" ]',
      found: [`implied: path='/dev/pts/1'`],
    });
  });

  it('is a socket with the same path for a socket', () => {
    expect(
      converted(pvXml(channel('unix', `<source mode='bind' path='/run/a.sock'/>${named}`))),
    ).to.deep.equal({
      line: 'channel = [ "connection=socket,path=/run/a.sock,name=a" ]',
      found: [],
    });
  });

  it("is a socket at the path that libvirt's driver chooses if it has none, which is reported", () => {
    const xml = pvXml(channel('unix', named));
    expect(converted(xml)).to.deep.equal({
      line: 'channel = [ "connection=socket,path=/var/lib/libvirt/libxl/channel/target/guest-a,name=a" ]',
      found: [`channel-default-path: <channel type='unix'>`],
    });
  });

  it('is a Xen channel of the same name for a virtio channel', () => {
    const xml = pvXml(
      channel('unix', `<source mode='bind' path='/p'/><target type='virtio' name='org.qemu.guest_agent.0'/>`),
    );
    expect(converted(xml)).to.deep.equal({
      line: 'channel = [ "connection=socket,path=/p,name=org.qemu.guest_agent.0" ]',
      found: [`converted: type='virtio'`],
    });
  });

  it('loses what libvirt generated for a virtio channel of a running domain, which is reported', () => {
    const xml = pvXml(
      `<channel type='pty' tty='/dev/pts/1'><target type='virtio' name='a' state='connected'/>` +
        `<alias name='channel0'/><address type='virtio-serial' controller='0' bus='0' port='1'/></channel>`,
    );
    expect(converted(xml)).to.deep.equal({
      line: 'channel = [ "connection=pty,name=a" ]',
      found: [
        `implied: tty='/dev/pts/1'`,
        `converted: type='virtio'`,
        `implied: state='connected'`,
        `implied: <alias name='channel0'/>`,
        `implied: <address type='virtio-serial' controller='0' bus='0' port='1'/>`,
      ],
    });
  });

  it('loses its log file with a warning', () => {
    const xml = pvXml(channel('pty', `<log file='/l' append='on'/>${named}`));
    expect(problems(xml, convert(xml).diagnostics)).to.deep.equal([
      `unsupported: <log file='/l' append='on'/>`,
    ]);
  });

  it('preserves a log file in the model, in XML, and with --keep through an xl.cfg', () => {
    const xml = (append: string): string => pvXml(channel('pty', `<log file='/l'${append}/>${named}`));
    for (const [append, appends] of [
      [`append='on'`, true],
      [`append='off'`, false],
      ['', false],
    ] as const) {
      const { domain } = read(xml(` ${append}`));
      expect(domain.channels[0]?.log).to.deep.equal({ path: '/l', append: appends });
      const written = formatDomainXml(domain).text ?? '';
      expect(written.match(/<log [^>]*>/g)).to.deep.equal([
        `<log file='/l' append='${appends ? 'on' : 'off'}'/>`,
      ]);
      expect(read(written).domain.channels).to.deep.equal(domain.channels);
      const preserved = convert(convert(xml(` ${append}`), { keep: true }).output ?? '').output ?? '';
      expect(read(preserved).domain.channels).to.deep.equal(domain.channels);
    }
  });

  it('loses a log file that a program added, which xl cannot express, with a warning', () => {
    const { domain } = read(pvXml(channel('pty', named)));
    const channels = domain.channels.map((given) => ({ ...given, log: { path: '/l', append: true } }));
    const { diagnostics } = formatXlConfig({ ...domain, channels }, { xen: '4.20' });
    expect(diagnostics.map(({ code, message }) => `${code}: ${message}`)).to.deep.equal([
      "unsupported: xl does not support a log of channel 'a'",
    ]);
  });

  for (const [type, source, place] of [
    ['unix', `<source mode='connect' path='/p'/>`, `<source mode='connect' path='/p'/>`],
    ['file', `<source path='/p'/>`, `<source path='/p'/>`],
    ['null', '', `<channel type='null'>`],
    ['pipe', `<source path='/p'/>`, `<source path='/p'/>`],
    ['dev', `<source path='/p'/>`, `<source path='/p'/>`],
    ['tcp', `<source mode='bind' service='1'/>`, `<source mode='bind' service='1'/>`],
    ['udp', `<source mode='connect' service='1'/>`, `<source mode='connect' service='1'/>`],
    ['stdio', '', `<channel type='stdio'>`],
    ['vc', '', `<channel type='vc'>`],
    ['nmdm', `<source master='/m' slave='/s'/>`, `<source master='/m' slave='/s'/>`],
    ['dbus', '', `<channel type='dbus'>`],
  ] as const) {
    it(`does not exist for type ${type}${source.includes('connect') ? ' that connects' : ''}`, () => {
      expect(converted(pvXml(channel(type, source + named)))).to.deep.equal({
        line: undefined,
        found: [`channel-connection: ${place}`],
      });
    });
  }

  it('to a client of a display is omitted with one warning, and nothing says that it is converted', () => {
    const source = `<source><clipboard copypaste='yes'/><mouse mode='client'/></source>`;
    for (const [type, inside] of [
      ['spicevmc', ''],
      ['spiceport', `<source channel='org.spice-space.webdav.0'/>`],
      ['qemu-vdagent', source],
    ] as const) {
      const device = channel(type, `${inside}<target type='virtio' name='a'/>`);
      for (const [xml, run] of [
        [hvmXml(device), convert],
        [pvXml(device), convert],
        [kvmXml(device), convert],
        [kvmXml(device), adapt],
      ] as const) {
        const { output, diagnostics } = run(xml);
        expect(output, type).to.be.a('string').and.not.include('channel = [').and.not.include('<channel');
        const about = diagnostics.filter(
          ({ span }) => span && xml.slice(span.start, span.end).includes('channel'),
        );
        expect(
          about.map(({ code }) => code),
          type,
        ).to.deep.equal(['unsupported']);
        expect(diagnostics.map(({ message }) => message).join()).not.to.include('virtio channel converted');
      }
    }
  });

  it('is spicevdagent for type spicevmc, in an HVM guest with SPICE graphics', () => {
    const agent = channel('spicevmc', `<target type='virtio' name='com.redhat.spice.0'/>`);
    for (const devices of [spice + agent, agent + spice]) {
      const { settings, found } = settingsOf(hvmXml(devices));
      expect(settings['spicevdagent']).to.equal('1');
      expect(settings['channel']).to.equal(undefined);
      expect(found).to.deep.equal([]);
    }
  });

  it('does not exist for type spicevmc without SPICE graphics, nor in a PV guest', () => {
    const agent = channel('spicevmc', `<target type='virtio' name='com.redhat.spice.0'/>`);
    for (const xml of [
      hvmXml(agent),
      hvmXml(`<graphics type='vnc'/>${agent}`),
      pvXml(agent),
      pvXml(spice + agent),
    ]) {
      expect(settingsOf(xml).found).to.include(`unsupported: <channel type='spicevmc'>`);
      expect(convert(xml).output).not.to.match(/^channel/m);
    }
  });

  it('is omitted for type spiceport: the guest only loses shared folders', () => {
    const webdav = channel('spiceport', `<source channel='c'/><target type='virtio' name='w'/>`);
    for (const xml of [hvmXml(webdav), hvmXml(spice + webdav), pvXml(webdav)]) {
      const { output, diagnostics } = convert(xml, { xen: '4.17' });
      expect(output).not.to.match(/^channel/m);
      expect(diagnostics.map(({ code }) => code)).to.include('unsupported');
      expect(adapt(xml.replace("type='xen'", "type='kvm'")).output).not.to.include('<channel');
    }
  });

  it('keeps its place in the order of the document', () => {
    const xml = pvXml(
      ['c', 'a', 'b'].map((name) => channel('pty', `<target type='xen' name='${name}'/>`)).join(''),
    );
    expect(converted(xml).line).to.equal(
      'channel = [ "connection=pty,name=c", "connection=pty,name=a", "connection=pty,name=b" ]',
    );
  });
});

describe('a channel converted from xl.cfg to XML', () => {
  const elements = (...entries: readonly string[]): ReturnType<typeof elementsOf> =>
    elementsOf(pvConfig(`channel = [ ${entries.map((entry) => `'${entry}'`).join(', ')} ]`), 'channel');

  it('is a pty with a Xen target for a pty', () => {
    expect(elements('connection=pty,name=a')).to.deep.equal({
      elements: [`<channel type='pty'><target type='xen' name='a'/></channel>`],
      found: [],
    });
  });

  it('is a listening Unix socket for a socket', () => {
    expect(elements('connection=socket,path=/p,name=a')).to.deep.equal({
      elements: [
        `<channel type='unix'><source mode='bind' path='/p'/><target type='xen' name='a'/></channel>`,
      ],
      found: [],
    });
  });

  it("in the syntax of 2014 has libvirt's types for its connections", () => {
    expect(
      elements('type=none,name=a', 'type=file,path=/b,name=b', 'type=path,path=/dev/c,name=c'),
    ).to.deep.equal({
      elements: [
        `<channel type='null'><target type='xen' name='a'/></channel>`,
        `<channel type='file'><source path='/b'/><target type='xen' name='b'/></channel>`,
        `<channel type='dev'><source path='/dev/c'/><target type='xen' name='c'/></channel>`,
      ],
      found: ['none', 'file', 'path'].map((type) => `xl-nonstandard-syntax: type=${type}`),
    });
  });

  it('is escaped as XML requires', () => {
    expect(elements('connection=pty,name=a&<b>').elements).to.deep.equal([
      `<channel type='pty'><target type='xen' name='a&amp;&lt;b&gt;'/></channel>`,
    ]);
  });

  it('preserves the domain that serves it in <metadata>, which is reported, and reads it back', () => {
    const config = pvConfig(`channel = [ "connection=pty,name=a,backend=driver", "connection=pty,name=b" ]`);
    const { output: xml = '', diagnostics } = convert(config);
    expect(problems(config, diagnostics)).to.deep.equal(['channel-backend: backend=driver']);
    expect(xml).to.include(`  <metadata>
    <v2x:xl xmlns:v2x='urn:virt2xen:1'>
      <v2x:channel name='a' backend='driver'/>
    </v2x:xl>
  </metadata>
`);
    expect(convert(xml, { to: 'xl' }).output).to.include(
      'channel = [ "connection=pty,name=a,backend=driver", "connection=pty,name=b" ]\n',
    );
  });

  it('loses the domain that serves it without <metadata>', () => {
    const config = pvConfig(`channel = [ "connection=pty,name=a,backend=driver" ]`);
    const { output: xml = '' } = convert(config, { keep: false });
    expect(xml).not.to.include('driver');
  });

  it('is the same after converting back', () => {
    const line = 'channel = [ "connection=socket,path=/p,name=a", "connection=pty,name=b c" ]';
    const xml = convert(pvConfig(line)).output ?? '';
    expect(convert(xml).output).to.include(`${line}\n`);
  });
});

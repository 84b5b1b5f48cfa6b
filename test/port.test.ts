import { expect } from 'chai';
import { adapt } from '../lib/adapt/adapt.js';
import { convert, formatXlConfig, parseDomainXml, parseXlConfig } from '../lib/convert.js';
import { parseXlSyntax } from '../lib/xl-syntax/parser.js';
import { Report } from '../lib/diagnostics/diagnostic.js';
import { findings } from './diagnostics/findings.js';
import { hvmXml, kvmXml, pvXml } from './libvirt/domains.js';
import { hvmConfig, pvConfig } from './xl/guests.js';

const transport = 'virtio-serial';
const agent = 'org.qemu.guest_agent.0';

const channel = (type: string, inside: string, name = agent): string =>
  `<channel type='${type}'>${inside}<target type='virtio' name='${name}'/></channel>`;
const socket = (path: string, name = agent): string =>
  channel('unix', `<source mode='bind' path='${path}'/>`, name);

/** The strings of a list in an xl.cfg. */
function listOf(config: string | undefined, key: string): readonly string[] {
  const { assignments } = parseXlSyntax(config ?? '', new Report());
  const value = assignments.find((assignment) => assignment.key === key)?.value;
  return value?.kind === 'list'
    ? value.items.flatMap((item) => (item.kind === 'atom' ? [item.text] : []))
    : [];
}

const portsOf = (xml: string, options = {}): readonly string[] =>
  listOf(convert(xml, { transport, ...options }).output, 'device_model_args_hvm');

const found = (xml: string, options: object = { transport }): readonly string[] =>
  findings(xml, convert(xml, options).diagnostics).filter((text) => /^(channel|unsupported)/.test(text));

describe('virtio-serial ports', () => {
  describe('in an xl.cfg', () => {
    it('are one controller with a monitor, and a chardev and a port for each channel', () => {
      const xml = kvmXml(socket('/run/a') + channel('pty', '', 'b'));
      const [controller, agentPort, b] = [
        [
          '-device',
          'virtio-serial-pci,id=virt2xen-serial,max_ports=31',
          '-chardev',
          'socket,id=virt2xen-monitor,path=/run/virt2xend-ports.sock,server=off,reconnect=10',
          '-mon',
          'chardev=virt2xen-monitor,mode=control',
        ],
        [
          '-chardev',
          'socket,id=virt2xen-port12,path=/run/a,server=on,wait=off',
          '-device',
          `virtserialport,bus=virt2xen-serial.0,nr=12,chardev=virt2xen-port12,name=${agent},id=virt2xen-port12`,
        ],
        [
          '-chardev',
          'pty,id=virt2xen-port8',
          '-device',
          'virtserialport,bus=virt2xen-serial.0,nr=8,chardev=virt2xen-port8,name=b,id=virt2xen-port8',
        ],
      ];
      expect(portsOf(xml)).to.deep.equal([...controller, ...agentPort, ...b]);
      expect(convert(xml, { transport }).output).not.to.match(/^channel/m);
      expect(portsOf(kvmXml(channel('pty', '', 'b')))).to.deep.equal([...controller, ...b]);
    });

    it('have every connection that QEMU supports', () => {
      const reconnect = "<reconnect enabled='yes' timeout='5'/>";
      const forms: readonly (readonly [string, string, string])[] = [
        ['pty', '', 'pty,id=ID'],
        ['null', '', 'null,id=ID'],
        ['file', "<source path='/a,b' append='on'/>", 'file,id=ID,path=/a,,b,append=on'],
        ['pipe', "<source path='/a'/>", 'pipe,id=ID,path=/a'],
        ['dev', "<source path='/dev/ttyS0'/>", 'serial,id=ID,path=/dev/ttyS0'],
        ['unix', `<source mode='connect' path='/a'/>`, 'socket,id=ID,path=/a,server=off'],
        [
          'unix',
          `<source mode='connect' path='/a'>${reconnect}</source>`,
          'socket,id=ID,path=/a,server=off,reconnect=5',
        ],
        [
          'unix',
          '',
          `socket,id=ID,path=/var/lib/libvirt/libxl/channel/target/guest-${agent},server=on,wait=off`,
        ],
        [
          'tcp',
          "<source mode='bind' host='127.0.0.1' service='4444'/><protocol type='telnet'/>",
          'socket,id=ID,host=127.0.0.1,port=4444,server=on,wait=off,telnet=on',
        ],
        [
          'udp',
          "<source mode='connect' host='192.0.2.1' service='1'/><source mode='bind' service='2'/>",
          'udp,id=ID,host=192.0.2.1,port=1,localaddr=,localport=2',
        ],
        ['pty', "<log file='/var/log/a' append='on'/>", 'pty,id=ID,logfile=/var/log/a,logappend=on'],
      ];
      for (const [type, inside, expected] of forms) {
        const xml = kvmXml(channel(type, inside));
        const written = portsOf(xml);
        expect(written[7], xml).to.equal(expected.replace('ID', 'virt2xen-port12'));
        expect(
          found(xml).filter((text) => !text.startsWith('channel-default-path')),
          xml,
        ).to.deep.equal([]);
      }
    });

    it('have the number of the address, if there is one', () => {
      const address = "<address type='virtio-serial' controller='0' bus='0' port='3'/>";
      expect(portsOf(kvmXml(channel('pty', '').replace('</channel>', `${address}</channel>`)))[9]).to.include(
        ',nr=3,',
      );
      const second = address.replace("controller='0'", "controller='1'");
      expect(portsOf(kvmXml(channel('pty', '').replace('</channel>', `${second}</channel>`)))[9]).to.include(
        ',nr=12,',
      );
    });

    it('are the same after converting to XML and back, with all other arguments', () => {
      const config =
        convert(kvmXml(socket('/run/a,b') + channel('null', '', 'b')), { transport }).output ?? '';
      const other = config.replace(
        'device_model_args_hvm',
        'device_model_args = [ "-foo", "bar,baz" ]\ndevice_model_args_hvm',
      );
      for (const text of [config, other]) {
        const xml = convert(text);
        expect(xml.diagnostics.filter(({ severity }) => severity === 'error')).to.deep.equal([]);
        expect(convert(xml.output ?? '').output).to.equal(text);
      }
    });

    it('are read whoever wrote them, and stay as they were written', () => {
      const args = [
        '-device',
        'virtio-serial,id=mine',
        '-foo',
        '-chardev',
        'socket,id=c,path=/run/a,server,nowait',
        '-device',
        'virtserialport,chardev=c,name=x,bus=mine.0',
      ];
      const config =
        convert(hvmConfig(`device_model_args = ${JSON.stringify(args)}`), { from: 'xl', to: 'xl' }).output ??
        '';
      expect(parseXlConfig(config).domain?.channels).to.deep.equal([
        {
          name: 'x',
          connection: { kind: 'socket', mode: 'listen', path: '/run/a' },
          transport: { kind: 'virtio-serial', nr: 1 },
        },
      ]);
      const xml = convert(config).output ?? '';
      expect(parseDomainXml(xml).domain?.channels.map(({ name }) => name)).to.deep.equal(['x']);
      expect(listOf(convert(xml).output, 'device_model_args')).to.deep.equal(args);
      expect(listOf(convert(xml).output, 'device_model_args_hvm')).to.deep.equal([]);
    });

    it('stay arguments where a channel could not be written so, and conflict with nothing', () => {
      const port = (chardev: string, name = 'a'): readonly string[] => [
        '-chardev',
        `${chardev},id=c`,
        '-device',
        `virtserialport,chardev=c,name=${name}`,
      ];
      const stubdomain = 'device_model_stubdomain_override = 1';
      for (const [args, ...lines] of [
        [port('socket,path=relative,server=on')],
        [port('file,path=/dev/fdset/1')],
        [port('pty,logfile=relative')],
        [port('pty', 'a"b')],
        [port('pty'), 'channel = [ "connection=pty,name=a" ]'],
        [port('pty'), stubdomain],
      ] as const) {
        const { output, diagnostics } = convert(
          hvmConfig(`device_model_args = ${JSON.stringify(args)}`, ...lines),
        );
        expect(diagnostics.filter(({ severity }) => severity === 'error')).to.deep.equal([]);
        const back = convert(output ?? '').output;
        expect(listOf(back, 'device_model_args'), back).to.deep.equal(args);
        expect(listOf(back, 'channel')).to.have.length(lines.length > 0 && lines[0] !== stubdomain ? 1 : 0);
      }
    });

    it('are in the list that libvirt reads, with the profile libvirt', () => {
      const { output } = convert(hvmXml(socket('/run/a')), { transport, profile: 'libvirt' });
      expect(listOf(output, 'device_model_args')).to.have.length(10);
      expect(listOf(output, 'device_model_args_hvm')).to.deep.equal([]);
    });

    it('follow a channel that a program has changed or made a PV console', () => {
      const { output = '' } = convert(kvmXml(socket('/run/a')), { transport });
      const { domain } = parseXlConfig(output);
      const [first] = domain?.channels ?? [];
      if (!domain || !first) throw new Error('not read');
      const moved = { ...first, connection: { kind: 'socket', mode: 'listen', path: '/run/b' } } as const;
      const changed = formatXlConfig({ ...domain, channels: [moved] }).text;
      expect(changed).to.equal(output.replace('path=/run/a', 'path=/run/b'));
      const console = formatXlConfig(domain, { transport: 'pv-console', xen: '4.20' }).text;
      expect(listOf(console, 'channel')).to.deep.equal([`connection=socket,path=/run/a,name=${agent}`]);
      expect(console).not.to.include('device_model_args');
    });
  });

  describe('are chosen', () => {
    it('by the transport only: auto gives PV consoles to a virtio channel', () => {
      const xml = kvmXml(socket('/run/a'));
      for (const option of [undefined, 'auto', 'pv-console'] as const) {
        const { output } = convert(xml, { transport: option });
        expect(listOf(output, 'channel')).to.have.length(1);
        expect(output).not.to.include('device_model_args');
      }
    });

    it('for an HVM guest only', () => {
      for (const guest of [pvXml, (devices: string) => pvXml(devices).replace('linux', 'xenpvh')]) {
        expect(found(guest(socket('/run/a'))).map((text) => text.split(':')[0])).to.deep.equal([
          'channel-transport',
        ]);
      }
      const args = JSON.stringify(['-chardev', 'pty,id=a', '-device', 'virtserialport,chardev=a,name=b']);
      expect(parseXlConfig(pvConfig(`device_model_args = ${args}`)).domain?.channels).to.deep.equal([]);
    });

    it('for a device model on the host that has virtio-serial', () => {
      const config = (...lines: readonly string[]): string =>
        hvmConfig('channel = [ "connection=pty,name=a" ]', ...lines);
      const codes = (text: string): readonly string[] =>
        convert(text, { transport, xen: '4.20' }).diagnostics.map(({ code }) => code);
      expect(codes(config())).not.to.include('channel-transport');
      for (const text of [
        config('device_model_stubdomain_override = 1'),
        config('device_model_version = "qemu-xen-traditional"'),
        config().replace('name=a', 'name=a,backend=driver'),
      ]) {
        expect(codes(text), text).to.include('channel-transport');
      }
    });

    it('as long as numbers are left', () => {
      const many = Array.from({ length: 31 }, (_, i) => channel('pty', '', `n${i}`)).join('');
      expect(found(kvmXml(many))).to.have.length(1);
    });
  });

  it('are rejected with a name or a path that would be read as something else', () => {
    for (const name of ['a,b', 'a&quot;b', 'a&apos;b', 'a&#9;b', '']) {
      expect(found(kvmXml(channel('pty', '', name))), name).to.have.length(1);
    }
    for (const path of ['a', '/a&#10;b', '/dev/fdset/1', `/${'x'.repeat(107)}`]) {
      expect(found(kvmXml(socket(path))), path).to.have.length.at.least(1);
    }
  });

  describe('in a domain XML for Xen', () => {
    const namespace = 'http://libvirt.org/schemas/domain/xen/1.0';
    const adapted = (xml: string, options = {}): string => adapt(xml, { transport, ...options }).output ?? '';
    const args = (xml: string): readonly string[] =>
      [...xml.matchAll(/<\w+:arg value='([^']*)'/g)].map(([, value = '']) => value);

    it('are the arguments that convert writes, in place of the channels', () => {
      const xml = kvmXml(socket('/run/a,&amp;b'));
      const output = adapted(xml);
      expect(args(output).map((value) => value.replace('&amp;', '&'))).to.deep.equal(portsOf(xml));
      expect(output).to.include(`<xen:commandline xmlns:xen='${namespace}'>`).and.not.to.include('<channel');
    });

    it('follow the arguments that the document has, in its namespace', () => {
      const present = `<x:commandline xmlns:x='${namespace}'><!-- mine --><x:arg value='-foo'/></x:commandline>`;
      const xml = kvmXml(socket('/run/a')).replace('</domain>', `${present}</domain>`);
      const output = adapted(xml);
      expect(output).to.include(present.replace('</x:commandline>', "<x:arg value='-device'/>"));
      expect(args(output)).to.deep.equal(['-foo', ...portsOf(kvmXml(socket('/run/a')))]);
    });

    it('stay in a second run, and the next channel is added to them', () => {
      const once = adapted(kvmXml(socket('/run/a')));
      expect(adapt(once, { transport }).edits).to.deep.equal([]);
      expect(adapt(once).edits).to.deep.equal([]);
      const twice = adapted(once.replace('</devices>', `${channel('pty', '', 'b')}</devices>`));
      expect(args(twice)).to.deep.equal(portsOf(kvmXml(socket('/run/a') + channel('pty', '', 'b'))));
      const same = adapt(once.replace('</devices>', `${channel('pty', '')}</devices>`), { transport });
      expect(same.diagnostics.map(({ code }) => code)).to.include('channel-duplicate');
    });

    it('are the channels again for KVM, and all other arguments stay', () => {
      for (const inside of [
        socket('/run/a'),
        channel('tcp', "<source mode='connect' host='h' service='1'/><protocol type='raw'/>"),
      ]) {
        const xml = kvmXml(inside);
        expect(adapt(adapted(xml), { to: 'kvm' }).output).to.include(inside);
        const more = adapted(xml).replace(/(<xen:commandline[^>]*>)/, "$1<xen:arg value='-foo'/>");
        const back = adapt(more, { to: 'kvm' }).output ?? '';
        expect(back).to.include(inside);
        expect(args(back)).to.deep.equal(['-foo']);
      }
      const numbered = channel('pty', '').replace(
        '</channel>',
        "<address type='virtio-serial' controller='0' bus='0' port='3'/></channel>",
      );
      expect(adapt(adapted(kvmXml(numbered)), { to: 'kvm' }).output).to.include(numbered);
    });

    it('are not channels of KVM with the name of another', () => {
      const xml = adapted(kvmXml(socket('/run/a'))).replace(
        '</devices>',
        `<channel type='pty'><target type='xen' name='${agent}'/></channel></devices>`,
      );
      expect(adapt(xml, { to: 'kvm' }).diagnostics.map(({ code }) => code)).to.include('channel-duplicate');
    });

    it('are refused for a PV guest, and with a name that cannot be written', () => {
      const codes = (xml: string, options = {}): readonly string[] =>
        adapt(xml, { transport, ...options }).diagnostics.map(({ code }) => code);
      expect(codes(kvmXml(socket('/run/a')), { guest: 'pvh' })).to.include('channel-transport');
      expect(codes(kvmXml(channel('pty', '', 'a,b')))).to.include('channel-name');
    });
  });
});

describe('spare virtio-serial ports', () => {
  const spareIn = (text: string | undefined): number => text?.match(/name=virt2xen\.spare\./g)?.length ?? 0;

  it('are added to a converted and to an adapted guest, up to a number', () => {
    const xml = kvmXml(socket('/run/a'));
    expect(spareIn(convert(xml, { sparePorts: 2 }).output)).to.equal(2);
    const adapted = adapt(xml, { transport, sparePorts: 2 }).output ?? '';
    expect(spareIn(adapted)).to.equal(2);
    expect(adapt(adapted, { sparePorts: 2 }).edits).to.deep.equal([]);
    expect(spareIn(adapt(adapted, { sparePorts: 3 }).output)).to.equal(3);
    const config = convert(adapted).output ?? '';
    expect(spareIn(config)).to.equal(2);
    expect(spareIn(convert(config).output)).to.equal(2);
    expect(spareIn(adapt(adapted, { to: 'kvm' }).output)).to.equal(0);
  });

  it('do not change the numbers of the channels', () => {
    const xml = kvmXml(socket('/run/a') + channel('pty', '', 'b'));
    const without = portsOf(xml);
    expect(portsOf(xml, { sparePorts: 20 }).slice(0, without.length)).to.deep.equal(without);
  });

  const errors = (xml: string, options: object): string =>
    convert(xml, options)
      .diagnostics.filter(({ severity }) => severity === 'error')
      .map(({ code, message }) => `${code}: ${message}`)
      .join();

  it('are rejected in a PV guest, and if there are not enough numbers', () => {
    expect(errors(pvXml(), { sparePorts: 1 })).to.equal(
      'channel-transport: 1 spare virtio-serial port: a PV guest has no PCI bus of QEMU',
    );
    expect(errors(kvmXml(socket('/run/a')), { transport, sparePorts: 30 })).to.equal(
      'channel-transport: 30 spare virtio-serial ports: a virtio-serial controller has 30 ports',
    );
  });

  it('have names that no channel can have', () => {
    expect(errors(kvmXml(socket('/run/a', 'virt2xen.spare.3')), { transport })).to.equal(
      "channel-name: channel 'virt2xen.spare.3': the name is reserved for spare ports",
    );
  });
});

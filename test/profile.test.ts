import { expect } from 'chai';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { convert, type ConvertResult, type Diagnostic } from '../lib/index.js';
import { hvmXml, pvXml } from './libvirt/domains.js';

/*
 * The profile libvirt where libvirt's converter differs from xl, libxl, QEMU or libvirt itself (seen with libvirt
 * 11.3; xen_common.c, xen_xl.c): its output, with a warning; without the profile, an error or another output.
 */

const codesOf = ({ diagnostics }: ConvertResult): readonly string[] => diagnostics.map(({ code }) => code);
const isError = ({ severity }: Diagnostic): boolean => severity === 'error';

/** The expected output for each setting or element with the profile and without it; undefined: an error. */
type Row = readonly [name: string, input: string, libvirts: string, plain: string | undefined];

function check(rows: readonly Row[], documentOf: (input: string) => string): void {
  for (const [name, input, libvirts, plain] of rows) {
    it(name, () => {
      const [ours, default_] = (['libvirt', 'plain'] as const).map((profile) =>
        convert(documentOf(input), { profile, keep: false }),
      );
      expect(ours?.output ?? ours?.diagnostics.filter(isError)).to.include(libvirts);
      expect(ours && codesOf(ours)).to.include('profile-libvirt');
      expect(default_ && codesOf(default_)).to.not.include('profile-libvirt');
      if (plain === undefined) expect(default_?.output).to.equal(undefined);
      else expect(default_?.output).to.include(plain).and.not.include(libvirts);
    });
  }
}

describe('the profile libvirt, from XML', () => {
  const usb = (bus: number, device: number): string =>
    `<hostdev mode='subsystem' type='usb'><source><address bus='${bus}' device='${device}'/></source></hostdev>`;
  const serials = (count: number): string =>
    Array.from({ length: count }, (_, port) => `<serial type='null'><target port='${port}'/></serial>`).join(
      '',
    );

  describe('HVM', () => {
    check(
      [
        [
          'writes USB devices in hexadecimal',
          usb(12, 27),
          'usbdev = [ "hostbus=c,hostaddr=1b" ]',
          'usbdev = [ "hostbus=12,hostaddr=27" ]',
        ],
        [
          'writes the ports of a USB controller in hexadecimal',
          "<controller type='usb' index='0' model='qusb2' ports='14'/>",
          'usbctrl = [ "type=qusb,version=2,ports=e" ]',
          'ports=14',
        ],
        [
          "writes libvirt's names of sound cards",
          "<sound model='sb16'/><sound model='ich6'/>",
          'soundhw = "sb16,ich6"',
          'soundhw = "sb16,hda"',
        ],
        [
          'copies the name of a second sound card',
          "<sound model='ac97'/><sound model='ich9'/>",
          'soundhw = "ac97,ich9"',
          'soundhw = "ac97,hda"',
        ],
        [
          'writes any number of serial ports',
          serials(6),
          'serial = [ "null", "null", "null", "null", "null", "null" ]',
          'serial = [ "null", "null", "null", "null" ]',
        ],
        [
          'writes where a UDP port receives, even nowhere',
          "<serial type='udp'><source mode='connect' host='192.0.2.1' service='9'/><target port='0'/></serial>",
          'serial = "udp:192.0.2.1:9@:"',
          'serial = "udp:192.0.2.1:9"',
        ],
        [
          'writes SPICE without a port',
          "<graphics type='spice' autoport='yes'/>",
          'spice = 1\nspiceport = 0\n',
          'spicehost = "127.0.0.1"\nspiceport = 5900\n',
        ],
      ],
      (devices) => hvmXml(devices),
    );
    check(
      [
        [
          'truncates a clock offset to 32 bits',
          "<clock offset='variable' adjustment='4294967356'/>",
          'rtc_timeoffset = 60\n',
          undefined,
        ],
      ],
      (clock) => hvmXml('', clock),
    );
  });

  it('writes a USB controller without a model', () => {
    const xml = hvmXml("<controller type='usb' index='0' ports='5'/>");
    expect(convert(xml, { profile: 'libvirt' }).output).to.include('usbctrl = [ "ports=5" ]');
    expect(convert(xml).output).to.not.include('usbctrl');
  });

  it('accepts no more of an XML than libvirt does', () => {
    const disk = "<disk type='file'><source file='/srv/a'/><target dev='xvda' bus='xen'/></disk>";
    expect(convert(pvXml(disk + disk), { profile: 'libvirt' }).output).to.equal(undefined);
    const { output } = convert(hvmXml("<sound model='ich9'/>"), { profile: 'libvirt' });
    expect(output).to.include('soundhw = "ich6"');
  });

  it('escapes the apostrophe of a path', () => {
    const serial = `<serial type='file'><source path="/srv/it's"/><target port='0'/></serial>`;
    const { output = '' } = convert(hvmXml(serial), { profile: 'libvirt' });
    expect(output).to.include(`serial = "file:/srv/it\\'s"\n`);
    expect(convert(output).output).to.include("<source path='/srv/it&apos;s'/>");
  });

  describe('PV', () => {
    check(
      [
        [
          'writes the arguments of a boot loader for libvirt',
          '<bootloader>/usr/bin/pygrub</bootloader><bootloader_args>-q --entry=1</bootloader_args>',
          'bootargs = "-q --entry=1"',
          'bootloader_args = [ "-q", "--entry=1" ]',
        ],
      ],
      (beside) => pvXml('', beside),
    );
    check(
      [
        [
          'writes a directory as a disk',
          "<disk type='dir'><source dir='/srv/files'/><target dev='xvdb' bus='xen'/></disk>",
          'format=raw,vdev=xvdb,access=rw,target=/srv/files',
          undefined,
        ],
        [
          'writes a name for a channel that has none',
          "<channel type='pty'><target type='xen'/></channel>",
          'channel = [ "connection=pty,name=(null)" ]',
          undefined,
        ],
      ],
      (devices) => pvXml(devices),
    );
  });
});

describe('the profile libvirt, from xl.cfg', () => {
  const hvm = (settings: string): string => `name = "lab"\ntype = "hvm"\nmemory = 64\nvnc = 0\n${settings}\n`;
  const pv = (settings: string): string =>
    `name = "lab"\ntype = "pv"\nmemory = 64\nkernel = "/srv/k"\n${settings}\n`;

  describe('HVM', () => {
    check(
      [
        ['reads no octal numbers', 'vcpus = 011', '>11</vcpu>', '>9</vcpu>'],
        ['reads "1" alone as true', 'acpi = "2"', '<features>\n    <apic/>', '<acpi/>'],
        [
          'reads USB devices in hexadecimal',
          'usbdev = [ "hostbus=1,hostaddr=12" ]',
          "<address bus='1' device='18'/>",
          "<address bus='1' device='12'/>",
        ],
        [
          'reads USB controllers in hexadecimal',
          'usbctrl = [ "type=qusb,version=2,ports=0e" ]',
          "model='qusb2' ports='14'/>",
          "model='qusb2'/>",
        ],
        [
          'keeps the name of a disk',
          'disk = [ "/srv/a,raw,vdc" ]',
          "<target dev='vdc' bus='ide'/>",
          "dev='xvdc'",
        ],
        [
          'reads more than four serial ports',
          'serial = [ "pty", "pty", "pty", "pty", "null" ]',
          "<serial type='null'>",
          '<domain ',
        ],
        ['takes a type for a path', 'serial = [ "pipe" ]', "<source path='pipe'/>", '<domain '],
        ['reads the serial port of SPICE', 'serial = "spicevmc"', "<serial type='spicevmc'>", '<domain '],
        ['copies the name of a sound card', 'soundhw = "ich9"', "<sound model='ich9'/>", '<domain '],
        [
          'copies the model of a paravirtual interface',
          'vif = [ "bridge=b0,type=vif,model=rtl8139" ]',
          "<model type='rtl8139'/>",
          "<model type='netfront'/>",
        ],
      ],
      hvm,
    );
    check(
      [
        [
          'copies the display behind an address',
          'vnclisten = "192.0.2.9:2"',
          "listen='192.0.2.9:2'",
          "listen='192.0.2.9'",
        ],
        [
          'truncates a display to 32 bits',
          'vncunused = 0\nvncdisplay = 4294967300',
          "port='5904' autoport='no'",
          undefined,
        ],
      ],
      (settings) => hvm(settings).replace('vnc = 0', 'vnc = 1'),
    );
    check(
      [
        [
          'reads SPICE without a port',
          'spice = 1\nspicehost = "127.0.0.1"\nspicedisable_ticketing = 1',
          "<graphics type='spice' autoport='yes'",
          undefined,
        ],
      ],
      hvm,
    );
  });

  describe('PV', () => {
    const vif = (rate: string): string => `vif = [ "bridge=b0,rate=${rate}" ]`;
    check(
      [
        ['reads no virtual CPU', 'vcpus = 0', '>0</vcpu>', undefined],
        [
          'reads two disks with one name',
          'disk = [ "/srv/a,raw,xvda", "/srv/b,raw,xvda" ]',
          "<source file='/srv/b'/>",
          undefined,
        ],
        [
          'reads a Ceph image without a pool',
          'disk = [ "vdev=xvda,target=rbd:data" ]',
          "<source protocol='rbd' name='data'/>",
          undefined,
        ],
        [
          'reads a bridge script without a bridge',
          'vif = [ "mac=00:16:3e:00:00:01,script=vif-vnic" ]',
          "<mac address='00:16:3e:00:00:01'/>\n      <script",
          "<source bridge='xenbr0'/>",
        ],
        [
          'reads a channel without a name',
          'channel = [ "connection=socket,path=/run/a" ]',
          "<target type='xen'/>",
          undefined,
        ],
        ['counts a rate in 1024s', vif('3MB/s'), "average='3072'", "average='3000'"],
        ['takes bytes for kilobytes', vif('7000B/s'), "average='7000'", "average='7'"],
      ],
      pv,
    );
  });

  /** Where the output differs without a warning: xl accepts both. */
  const silent: readonly (readonly [name: string, config: string, has: string])[] = [
    ['copies empty texts', pv('cmdline = ""\nramdisk = ""'), '<initrd></initrd>\n    <cmdline></cmdline>'],
    ['copies an empty bridge', pv('vif = [ "mac=00:16:3e:00:00:02,bridge=" ]'), "<source bridge=''/>"],
    ['copies an empty medium', hvm('disk = [ ",raw,hdc,cdrom" ]'), "<source file=''/>"],
    ['gives a vfb without a display no port', pv('vfb = [ "vnc=1" ]'), "<graphics type='vnc' autoport='no'>"],
    [
      'gives a USB controller all defaults of qusb',
      hvm('usbctrl = [ "version=1" ]'),
      "model='qusb1' ports='8'/>",
    ],
  ];
  for (const [name, config, has] of silent) {
    it(name, () => {
      expect(convert(config, { profile: 'libvirt', keep: false }).output).to.include(has);
      expect(convert(config, { keep: false }).output).to.not.include(has);
    });
  }

  it('adds no VNC server beside SPICE', () => {
    const spice = 'spice = 1\nspiceport = 6000\nspicehost = "127.0.0.1"\nspicedisable_ticketing = 1';
    const config = hvm(spice).replace('vnc = 0\n', '');
    expect(convert(config, { profile: 'libvirt' }).output).to.not.include("type='vnc'");
    expect(convert(config).output).to.include("type='vnc'");
  });
});

describe('the profile libvirt never opens a guest further', () => {
  const profile = 'libvirt';

  it('refuses a password that xl would cut', () => {
    const xml = pvXml("<graphics type='vnc' port='5903' passwd='long,er'/>");
    expect(convert(xml, { profile }).output).to.equal(undefined);
  });

  it('writes SDL so that xl adds no VNC server', () => {
    const xml = pvXml("<graphics type='sdl'/>");
    expect(convert(xml, { profile }).output).to.include('vfb = [ "type=sdl,sdl=1,vnc=0" ]');
  });

  it('adds no VNC server for a list without one', () => {
    const config = 'name = "lab"\ntype = "pv"\nmemory = 64\nkernel = "/srv/k"\nvfb = [ ]\n';
    expect(convert(config, { profile }).output).to.not.include('<graphics');
  });

  it('writes an address with a port of SPICE', () => {
    const xml = hvmXml("<graphics type='spice' port='5905'/>");
    expect(convert(xml, { profile }).output).to.include('spicehost = "127.0.0.1"');
  });
});

describe('without the profile libvirt', () => {
  const files = readdirSync('fixtures', { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(?:xml|cfg)$/.test(file))
    .map((file) => join('fixtures', file));

  it('nothing is reported for it', function () {
    this.timeout(120_000);
    const reported = files.filter((file) => codesOf(convert(readFileSync(file))).includes('profile-libvirt'));
    expect(reported).to.deep.equal([]);
  });
});

describe('a name of JavaScript in the profile libvirt', () => {
  for (const [key, value] of [
    ['soundhw', '"constructor"'],
    ['serial', '"toString"'],
    ['serial', '[ "pty", "valueOf" ]'],
  ] as const) {
    it(`is no value of ${key}: ${value}`, () => {
      const config = `name = "a"\nbuilder = "hvm"\nmemory = 64\n${key} = ${value}\n`;
      const result = convert(config, { profile: 'libvirt' });
      expect(codesOf(result)).to.include('not-implemented').and.not.include('profile-libvirt');
      expect(convert(result.output ?? '').output).to.include(value);
    });
  }
});

describe('a USB controller in the profile libvirt', () => {
  it('is an error with numbers that are none', () => {
    for (const text of ['version=zz', 'ports=1g'])
      expect(
        convert(`name = "a"\nkernel = "/k"\nmemory = 64\nusbctrl = [ "type=qusb,${text}" ]\n`, {
          profile: 'libvirt',
        }).output,
      ).to.equal(undefined);
  });
});

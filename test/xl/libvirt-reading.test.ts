import { expect } from 'chai';
import { convert } from '../../lib/index.js';

/** The XML of an HVM guest with these settings, as libvirt's converter writes it. */
function xmlOf(settings: string): string {
  const config = `name = "lab"\ntype = "hvm"\nmemory = 64\n${settings}\n`;
  const { output, diagnostics } = convert(config, { from: 'xl', profile: 'libvirt', keep: false });
  return output ?? diagnostics.map(({ message }) => message).join('\n');
}

describe('an xl.cfg under the profile libvirt', () => {
  const cases: readonly (readonly [name: string, settings: string, has: string, hasNot?: string])[] = [
    ['restarts after a crash by default', '', '<on_crash>restart</on_crash>'],
    ['keeps on_crash if it is set', 'on_crash = "destroy"', '<on_crash>destroy</on_crash>'],
    ['boots from the disk alone by default', '', "<boot dev='hd'/>", "<boot dev='cdrom'/>"],
    ['keeps the order of boot', 'boot = "nd"', "<boot dev='network'/>\n    <boot dev='cdrom'/>"],
    ['takes an unknown letter for the disk', 'boot = "x"', "<boot dev='hd'/>"],
    [
      'names the script of a bridge',
      'vif = [ "bridge=b0,script=vif-bridge" ]',
      "<script path='vif-bridge'/>",
    ],
    [
      'names the script of Open vSwitch',
      'vif = [ "bridge=b0.7,script=vif-openvswitch" ]',
      "<script path='vif-openvswitch'/>",
    ],
    ['writes no script without one', 'vif = [ "bridge=b0" ]', "<source bridge='b0'/>", '<script'],
    ['writes the zero address without mac', 'vif = [ "bridge=b0" ]', "<mac address='00:00:00:00:00:00'/>"],
    [
      'shares no clipboard of SPICE by default',
      'vnc = 0\nspice = 1\nspiceport = 5905\nspicehost = "127.0.0.1"\nspicedisable_ticketing = 1',
      "<mouse mode='server'/>\n      <clipboard copypaste='no'/>",
    ],
    ['makes a CPU of an empty cpuid', 'cpuid = "host"', "<cpu mode='host-passthrough'/>"],
    ['leaves virtualization alone without nestedhvm', 'cpuid = "host,avx2=0"', "name='avx2'", "name='vmx'"],
    ['disables virtualization with nestedhvm', 'nestedhvm = 0', "<feature policy='disable' name='vmx'/>"],
    [
      'names the bus of Xen before USB controllers',
      'usbctrl = [ "type=qusb,version=2,ports=6" ]',
      "<controller type='xenbus' index='0'/>\n    <controller type='usb'",
    ],
    [
      'makes the first serial port the console',
      'serial = [ "none", "pty" ]',
      "<target type='serial' port='1'/>\n    </console>",
    ],
  ];
  for (const [name, settings, has, hasNot] of cases) {
    it(name, () => {
      expect(xmlOf(settings)).to.include(has);
      if (hasNot !== undefined) expect(xmlOf(settings)).to.not.include(hasNot);
    });
  }

  it('has 128 MiB by default, and 32 for xl', () => {
    const config = 'name = "lab"\ntype = "hvm"\n';
    const memoryOf = (profile: 'plain' | 'libvirt'): string =>
      /<memory .*>([0-9]+)</.exec(convert(config, { profile }).output ?? '')?.[1] ?? '';
    expect([memoryOf('libvirt'), memoryOf('plain')]).to.deep.equal(['131072', '32768']);
  });
});

describe('everything written', () => {
  const back = (disk: string): string | undefined => {
    const config = `name = "lab"\ntype = "hvm"\nmemory = 64\ndisk = [ "${disk}" ]\n`;
    const there = convert(config, { from: 'xl' }).output ?? '';
    return /^disk = \[ "(.*)" \]$/m.exec(convert(there, { from: 'libvirt' }).output ?? '')?.[1];
  };
  const parameters = [
    'backend=stor',
    'backendtype=standalone',
    'direct-io-safe',
    'discard',
    'script=block-lab',
    'specification=virtio',
    'trusted',
  ];
  for (const [i, one] of parameters.entries()) {
    for (const other of parameters.slice(i + 1)) {
      it(`restores ${one} and ${other} of a disk`, () => {
        const parts = back(`format=raw,vdev=xvda,access=rw,${one},${other},target=/srv/x`)?.split(',');
        expect(parts).to.include.members([one, other]);
      });
    }
  }

  const domainOf = (inside: string, memory = 64): string =>
    `<domain type='xen'><name>lab</name><memory unit='MiB'>${memory}</memory><os><type>hvm</type></os>${inside}</domain>`;

  it('resolves a relative path of a block device below /dev', () => {
    const xml = domainOf(
      "<devices><disk type='block'><source dev='vg0/x'/><target dev='xvda' bus='xen'/></disk></devices>",
    );
    const config = convert(xml).output ?? '';
    expect(config).to.include('target=/dev/vg0/x');
    expect(convert(config).output).to.include("<source dev='/dev/vg0/x'/>");
  });

  it('rejects a relative path of a file', () => {
    const xml = domainOf(
      "<devices><disk type='file'><source file='x.img'/><target dev='xvda' bus='xen'/></disk></devices>",
    );
    expect(convert(xml).diagnostics.map(({ code }) => code)).to.include('xl-unrepresentable');
  });

  for (const offset of [2 ** 31 - 1, -(2 ** 31)]) {
    it(`restores a clock offset of ${offset}`, () => {
      const config = convert(domainOf(`<clock offset='variable' adjustment='${offset}'/>`)).output ?? '';
      expect(convert(config).output).to.include(`adjustment='${offset}'`);
    });
  }

  it('rejects a clock offset of more than 32 bits in both directions', () => {
    expect(convert(domainOf(`<clock offset='variable' adjustment='${2 ** 31}'/>`)).output).to.equal(
      undefined,
    );
    const config = `name = "lab"\ntype = "hvm"\nmemory = 64\nrtc_timeoffset = ${2 ** 31}\n`;
    expect(convert(config).output).to.equal(undefined);
  });

  it('assigns CPUs in no NUMA cell to the first', () => {
    const cells =
      "<vcpu current='1'>16</vcpu><cpu><numa><cell id='0' cpus='0' memory='64' unit='MiB'/></numa></cpu>";
    expect(convert(domainOf(cells)).output).to.include('"vcpus=0-15"');
  });

  it('divides the memory of the domain if NUMA cells have more', () => {
    const cells =
      "<vcpu>2</vcpu><cpu><numa><cell id='0' cpus='0' memory='64' unit='MiB'/><cell id='1' cpus='1' memory='64' unit='MiB'/></numa></cpu>";
    const { output = '' } = convert(domainOf(cells, 65));
    expect(output).to.include('maxmem = 65\nmemory = 65\n');
    expect(output).to.match(/"size=32".*"size=33"/);
  });

  it('keeps timers in the order of the document', () => {
    const clock =
      "<clock offset='utc'><timer name='hpet' present='yes'/><timer name='tsc' mode='native'/></clock>";
    expect(convert(domainOf(clock)).output).to.match(/hpet = 1\ntsc_mode = "native"/);
  });
});

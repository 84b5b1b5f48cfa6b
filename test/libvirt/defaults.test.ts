import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { adapt, convert } from '../../lib/index.js';
import { pvXml } from './domains.js';

const dump = readFileSync('fixtures/virsh/running-q35.xml', 'utf8');

const kvm = (inside: string, devices = ''): string =>
  `<domain type='kvm'><name>one</name><memory>1048576</memory>${inside}<os><type>hvm</type></os>` +
  `<features><acpi/><apic/></features><devices>${devices}</devices></domain>`;

const warnings = (input: string): readonly string[] =>
  convert(input).diagnostics.flatMap(({ severity, message }) => (severity === 'info' ? [] : message));

describe('what virsh dumpxml adds to a running domain', () => {
  it('is not a loss: it converts with warnings treated as errors', () => {
    const { output, diagnostics } = convert(dump, { strict: true });
    expect(diagnostics.filter(({ severity }) => severity !== 'info')).to.deep.equal([]);
    expect(output).not.to.equal(undefined);
  });

  it('has no effect that adapt would have to report', () => {
    const told = adapt(dump).diagnostics.filter(({ code }) => code === 'no-effect');
    expect(told.map(({ message }) => message).filter((text) => !text.startsWith('<pm>'))).to.deep.equal([]);
  });
});

describe('a value that is not the default', () => {
  for (const [document, message] of [
    [kvm('<cputune><shares>5</shares></cputune>'), /^<cputune> omitted: cpu_weight is relative/],
    [
      kvm("<cputune><iothreadpin iothread='1' cpuset='0'/><emulatorpin cpuset='0'/></cputune>"),
      /^<cputune> omitted: xl cannot choose where the device model runs$/,
    ],
    [kvm('<resource><partition>/other</partition></resource>'), /^<resource> omitted/],
    [
      kvm('').replace(
        '<os>',
        "<os firmware='efi'><firmware><feature enabled='yes' name='enrolled-keys'/></firmware>",
      ),
      /^<feature> omitted/,
    ],
    [
      kvm('').replace('<os>', "<os><loader type='rom'>/usr/share/qboot.rom</loader>"),
      /^the text of <loader> omitted/,
    ],
    [kvm('', "<audio id='1' type='pulseaudio'/>"), /^<audio> omitted/],
    [kvm('', "<watchdog model='i6300esb' action='reset'/>"), /^<watchdog> omitted/],
    [
      kvm(
        '',
        "<interface type='bridge'><source bridge='a'/><model type='virtio'/><link state='down'/></interface>",
      ),
      /^xl cannot disconnect an interface/,
    ],
    [
      kvm(
        '',
        "<disk type='file'><driver type='raw' cache='none'/><source file='/a'/><target dev='vda' bus='virtio'/></disk>",
      ),
      /^cache='none'/,
    ],
    [kvm("<clock offset='utc'><timer name='pit' tickpolicy='catchup'/></clock>"), /^<timer> omitted/],
  ] as const) {
    it(`is reported: ${String(message)}`, () => {
      expect(warnings(document)).to.have.lengthOf(1);
      expect(warnings(document)[0]).to.match(message);
    });
  }
});

describe('what is no loss in any form', () => {
  const inOs = (attribute: string, inside: string): string =>
    kvm('').replace('<os>', `<os${attribute}>${inside}`);
  const seclabel = (attributes: string): string =>
    `<seclabel model='selinux' ${attributes}><label>a</label></seclabel>`;
  for (const [what, document] of [
    [
      'firmware features that are off',
      inOs(
        " firmware='efi'",
        "<firmware><feature enabled='no' name='enrolled-keys'/><feature enabled='no' name='secure-boot'/></firmware>",
      ),
    ],
    ['the CPUs of an I/O thread', kvm("<cputune><iothreadpin iothread='1' cpuset='0'/></cputune>")],
    ["Xen's own firmware", inOs('', "<loader type='rom'>/opt/xen/lib/xen/boot/hvmloader</loader>")],
    ["KVM's SeaBIOS", inOs('', "<loader type='rom'>/usr/share/seabios/bios-256k.bin</loader>")],
    ...["type='dynamic'", "type='static' relabel='no'", "type='static' relabel='yes'"].map((attributes) => [
      `the label of a security driver of the host, ${attributes}`,
      kvm(
        seclabel(attributes),
        `<disk type='file'><source file='/a'>${seclabel("relabel='yes'")}</source><target dev='vda' bus='virtio'/></disk>`,
      ),
    ]),
  ] as const) {
    it(`is converted and adapted without a warning: ${what}`, () => {
      for (const { output, diagnostics } of [convert(document), adapt(document)]) {
        expect(output).not.to.equal(undefined);
        expect(diagnostics.filter(({ severity }) => severity !== 'info')).to.deep.equal([]);
      }
    });
  }
});

describe('the features of emulated hardware', () => {
  it('are no loss to a PV guest, which has none', () => {
    const xml = pvXml('', "<features><acpi/><apic/><pae/><hap state='on'/></features>");
    const found = convert(xml, { strict: true }).diagnostics;
    expect(found.map(({ code, message }) => `${code}: ${message}`)).to.deep.equal(
      ['acpi', 'apic', 'pae', 'hap'].map(
        (name) => `implied: <${name}> omitted: a PV guest has no emulated hardware`,
      ),
    );
  });
});

describe('the features of a PVH guest', () => {
  it('are those that it has anyway, which Qubes writes for every guest', () => {
    const xml = pvXml('', '<features><acpi/><apic/><pae/><viridian/></features>').replace(
      '>linux<',
      '>xenpvh<',
    );
    const found = convert(xml, { strict: true }).diagnostics;
    expect(found.map(({ code }) => code)).to.deep.equal(['implied', 'implied', 'implied', 'implied']);
  });

  it('are reported if one would have to be off', () => {
    const xml = pvXml('', "<features><apic state='off'/></features>").replace('>linux<', '>xenpvh<');
    expect(convert(xml).diagnostics.map(({ code }) => code)).to.deep.equal(['unsupported']);
  });

  it("are the interrupt controller of an Arm guest's host, if no version is specified", () => {
    const arm = (gic: string): string =>
      pvXml('', `<features>${gic}</features>`).replace('<type>', "<type arch='aarch64' machine='xenpv'>");
    for (const gic of ["<gic version='host'/>", '<gic/>'])
      expect(convert(arm(gic), { strict: true }).output, gic)
        .to.be.a('string')
        .and.not.include('gic');
    expect(convert(arm("<gic version='4'/>"), { strict: true }).output).to.equal(undefined);
  });
});

describe('what managers write for every guest', () => {
  for (const [what, xml] of [
    [
      'the video adapter of a PV guest',
      pvXml("<graphics type='vnc'/><video><model type='vga' vram='16384'/></video>"),
    ],
    [
      'the states of virtual CPUs',
      pvXml('', "<vcpu current='1'>2</vcpu><vcpus><vcpu id='0' enabled='yes' hotpluggable='no'/></vcpus>"),
    ],
  ] as const) {
    it(`is no loss: ${what}`, () => {
      expect(warnings(xml)).to.deep.equal([]);
      expect(adapt(xml).diagnostics.filter(({ severity }) => severity !== 'info')).to.deep.equal([]);
    });
  }
});

describe('what the guest does not notice', () => {
  const beside =
    "<title>Web</title><description>of the shop</description><metadata><a:b xmlns:a='urn:a'/></metadata>";
  const xml = kvm(beside);

  it('is no loss under strict', () => {
    const { output, diagnostics } = convert(xml, { strict: true });
    expect(output).not.to.equal(undefined);
    const told = diagnostics.filter(({ code }) => code === 'host-only').map(({ severity }) => severity);
    expect(told).to.deep.equal(['info', 'info', 'info']);
  });

  it('is preserved for converting back, if requested', () => {
    const { output = '' } = convert(convert(xml, { keep: true }).output ?? '');
    for (const piece of [
      '<title>Web</title>',
      '<description>of the shop</description>',
      "<a:b xmlns:a='urn:a'/>",
    ])
      expect(output).to.include(piece);
  });
});

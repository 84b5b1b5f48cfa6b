import { expect } from 'chai';
import { adapt, convert, type Diagnostic, type GuestKind } from '../lib/index.js';

const disk = (dev: string, bus = 'virtio'): string =>
  `<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='/${dev}'/><target dev='${dev}' bus='${bus}'/></disk>`;

const kvm = (cmdline: string, devices = disk('vda') + disk('vdb'), arch = 'x86_64'): string =>
  `<domain type='kvm'><name>g</name><memory>1048576</memory><os><type arch='${arch}'>hvm</type><kernel>/k</kernel>` +
  `<cmdline>${cmdline}</cmdline></os><features><apic/></features><devices>${devices}</devices></domain>`;

const about = (diagnostics: readonly Diagnostic[], source: string): readonly string[] =>
  diagnostics
    .filter(({ code, message }) => code === 'kernel-argument' || message.startsWith('kernel argument'))
    .map(
      ({ severity, message, span }) =>
        `${severity}: ${message} @${span ? source.slice(span.start, span.end) : ''}`,
    );

interface Result {
  readonly cmdline: string | undefined;
  readonly reports: readonly string[];
}

function adapted(source: string, guest?: GuestKind): Result {
  const { output = '', diagnostics } = adapt(source, { guest });
  return {
    cmdline: /<cmdline>(.*)<\/cmdline>/.exec(output)?.[1],
    reports: about(diagnostics, source),
  };
}

function converted(source: string): Result {
  const { output = '', diagnostics } = convert(source);
  return { cmdline: /^cmdline = "(.*)"$/m.exec(output)?.[1], reports: about(diagnostics, source) };
}

describe('the arguments of a kernel', () => {
  for (const [given, expected] of [
    ['root=/dev/vda1 ro', 'root=/dev/xvda1 ro'],
    ['root=/dev/vda', 'root=/dev/xvda'],
    ['ro resume=/dev/vdb2 root=/dev/vda1 rd.break', 'ro resume=/dev/xvdb2 root=/dev/xvda1 rd.break'],
    ['cryptdevice=/dev/vda2:root root=/dev/mapper/root', 'cryptdevice=/dev/xvda2:root root=/dev/mapper/root'],
    ['root=UUID=1-2 x=/dev/vda_x y=/srv/dev/vda', undefined],
    ['root=LABEL=/ console=ttyS0,115200n8', undefined],
  ] as const) {
    it(`name the disks as Xen does, in convert and adapt: ${given}`, () => {
      const results = [converted(kvm(given)), adapted(kvm(given))];
      for (const { cmdline, reports } of results) {
        expect(cmdline).to.equal(expected ?? given);
        expect(reports.length > 0).to.equal(expected !== undefined);
        for (const report of reports)
          expect(report)
            .to.match(/^info: /)
            .and.to.include(`@${given}`);
      }
      expect(results[0]?.reports).to.deep.equal(results[1]?.reports);
    });
  }

  for (const [title, given, devices] of [
    ['of a bus whose disks have other names in the guest', 'root=/dev/sda1', disk('sda', 'sata')],
    ['of emulated IDE', 'root=/dev/hda1', disk('hda', 'ide')],
    ['that the document does not have', 'root=/dev/vdc1', undefined],
    ['whose places are not those of their names', 'root=/dev/vdb1', disk('vdb')],
    ['by their bus', 'root=/dev/disk/by-path/pci-0000:00:04.0', undefined],
    ['by their serial number', 'root=/dev/disk/by-id/virtio-1234-part1', undefined],
  ] as const) {
    it(`that name disks ${title} are unchanged, with a warning`, () => {
      for (const { cmdline, reports } of [converted(kvm(given, devices)), adapted(kvm(given, devices))]) {
        expect(cmdline).to.equal(given);
        expect(reports).to.have.lengthOf(1);
        expect(reports[0]).to.match(/^warning: /);
      }
    });
  }

  it('name the console of a guest without serial ports', () => {
    const given = 'console=tty0 console=ttyS0,115200n8 quiet';
    for (const guest of ['pv', 'pvh'] as const)
      expect(adapted(kvm(given), guest).cmdline).to.equal('console=tty0 console=hvc0 quiet');
    expect(adapted(kvm(given)).cmdline).to.equal(given);
    const arm = kvm('root=/dev/vda1 console=ttyAMA0', disk('vda'), 'aarch64');
    for (const { cmdline } of [converted(arm), adapted(arm)])
      expect(cmdline).to.equal('root=/dev/xvda1 console=hvc0');
    const early = adapted(kvm('earlycon=pl011,0x9000000'), 'pvh');
    expect(early.reports.join()).to.include("warning: the kernel arguments name 'earlycon=pl011,0x9000000'");
  });

  it('are those of the disk that is booted first, if it exchanges its name', () => {
    const devices = disk('vda') + disk('vdb').replace('</disk>', "<boot order='1'/></disk>");
    for (const { cmdline } of [
      converted(kvm('root=/dev/vdb1', devices)),
      adapted(kvm('root=/dev/vdb1', devices)),
    ])
      expect(cmdline).to.equal('root=/dev/xvda1');
  });

  it('are unchanged in a domain for Xen', () => {
    const xen = kvm('root=/dev/vda1 console=ttyS0', disk('xvda', 'xen')).replace("'kvm'", "'xen'");
    expect(converted(xen)).to.deep.equal({ cmdline: 'root=/dev/vda1 console=ttyS0', reports: [] });
    expect(adapted(xen).reports).to.deep.equal([]);
  });

  it("have KVM's names on the way back", () => {
    const there = adapt(kvm('root=/dev/vda1 resume=/dev/vdb'), {}).output ?? '';
    const { output, diagnostics } = adapt(there, { to: 'kvm' });
    expect(output).to.include('<cmdline>root=/dev/vda1 resume=/dev/vdb</cmdline>');
    expect(about(diagnostics, there)).to.have.lengthOf(2);
    const other = there.replace('root=/dev/xvda1', 'root=/dev/xvdc1');
    expect(about(adapt(other, { to: 'kvm' }).diagnostics, other).join()).to.include(
      "warning: the kernel arguments name '/dev/xvdc1'",
    );
  });
});

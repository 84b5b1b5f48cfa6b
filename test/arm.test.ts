import { expect } from 'chai';
import { adapt, convert, type ConvertOptions } from '../lib/index.js';
import { xlOptions } from '../lib/xl/options/table.js';
import { configWith } from './xl/option-samples.js';

const config = 'name = "a"\nkernel = "/k"\nmemory = 256\n';
const xml = (arch: string, type = 'linux', kind = 'xen', kernel = '<kernel>/k</kernel>'): string =>
  `<domain type='${kind}'><name>a</name><memory>262144</memory><os><type arch='${arch}'>${type}</type>${kernel}</os></domain>`;
const codes = (text: string, options?: ConvertOptions): readonly string[] =>
  convert(text, options).diagnostics.map(({ code }) => code);
const machine = /<type arch='aarch64' machine='xenpv'>linux</;

describe('an Arm guest', () => {
  for (const [name, option] of xlOptions) {
    if (!option.arm) continue;
    it(`is recognized by ${name}, unless the caller specifies the architecture`, () => {
      const text = configWith(name, option);
      expect(convert(text).output).to.match(machine);
      expect(convert(text, { arch: 'x86_64' }).output).to.contain("arch='x86_64'");
      expect(codes(text, { arch: 'x86_64' })).to.include('xl-ignored');
    });
  }

  it('is PVH to xl, and paravirtual to libvirt', () => {
    for (const type of ['', 'type = "pv"\n', 'type = "pvh"\n']) {
      expect(convert(config + type, { arch: 'aarch64' }).output).to.match(machine);
    }
    for (const arch of ['aarch64', 'armv7l']) expect(convert(xml(arch)).output).to.contain('type = "pvh"');
  });

  it('has option names in any case, and no other values', () => {
    expect(codes(`${config}tee = "OpTEE"\n`)).to.deep.equal(['value-default', 'not-implemented']);
    expect(codes(`${config}tee = "tpm"\n`)).to.include('value-invalid');
  });

  it('is not assumed for an HVM guest, nor for an empty list', () => {
    const eve = 'name = "a"\nmemory = 64\nbuilder = "hvm"\nvnc = 0\ndtdev = [ "/soc" ]\n';
    expect(convert(eve).output).to.include("<type arch='x86_64' machine='xenfv'>hvm</type>");
    expect(codes(eve)).to.deep.equal(['xl-ignored']);
    expect(codes(`name = "a"\nmemory = 64\nkernel = "/k"\ndtdev = [ ]\n`)).to.deep.equal(['implied']);
  });

  it('cannot be HVM', () => {
    expect(codes(`${config}type = "hvm"\n`, { arch: 'aarch64' })).to.include('domain-type');
    expect(codes(xml('aarch64', 'hvm'))).to.include('domain-type');
  });

  it('converted from KVM requires a kernel', () => {
    expect(convert(xml('aarch64', 'hvm', 'kvm')).output).to.contain('type = "pvh"');
    expect(adapt(xml('aarch64', 'hvm', 'kvm')).output).to.contain("<type arch='aarch64'>linux</type>");
    expect(codes(xml('aarch64', 'hvm', 'kvm', ''))).to.include('value-missing');
    expect(adapt(xml('aarch64', 'hvm', 'kvm', '')).output).to.equal(undefined);
  });

  for (const arch of ['s390x', 'ppc64', 'riscv64', 'sparc', 'alpha']) {
    it(`is rejected for ${arch}, with the same reason everywhere`, () => {
      const reasons = [convert, adapt].map(
        (go) => go(xml(arch, 'hvm', 'kvm')).diagnostics.find(({ code }) => code === 'domain-type')?.message,
      );
      expect(reasons[0]).to.be.a('string').and.equal(reasons[1]);
    });
  }
});

describe('the UART of an Arm guest', () => {
  const uart =
    "<serial type='pty'><target type='system-serial' port='0'><model name='pl011'/></target></serial>";
  const withDevices = (type: 'xen' | 'kvm', devices: string): string =>
    xml('aarch64', type === 'kvm' ? 'hvm' : 'linux', type).replace(
      '</domain>',
      `<devices>${devices}</devices></domain>`,
    );
  const warnings = (document: string): readonly string[] =>
    convert(document).diagnostics.flatMap(({ severity, message }) =>
      severity === 'warning' ? [message] : [],
    );

  for (const [type, devices] of [
    ['kvm', uart],
    ['kvm', "<serial type='pty'/>"],
    ['xen', uart],
    ['xen', `${uart}<console type='pty'><target type='xen' port='0'/></console>`],
  ] as const) {
    it(`is vuart, and back: ${type}, ${devices}`, () => {
      const { output = '' } = convert(withDevices(type, devices));
      expect(output).to.contain('vuart = "sbsa_uart"');
      expect(warnings(withDevices(type, devices))).to.deep.equal([]);
      const back = convert(output).output ?? '';
      expect(back.replaceAll(/>\s+</g, '><')).to.contain(uart);
      expect(convert(back).output).to.equal(output);
    });
  }

  it('is a terminal of the host, and one', () => {
    for (const devices of [
      "<serial type='file'><source path='/log'/></serial>",
      "<serial type='pty'><target type='system-serial'><model name='16550a'/></target></serial>",
      "<serial type='pty'><target type='pci-serial'/></serial>",
    ]) {
      expect(convert(withDevices('kvm', devices)).output, devices).not.to.contain('vuart');
      expect(warnings(withDevices('kvm', devices)), devices).to.deep.equal([
        '<serial> omitted: Xen has one UART for an Arm guest, a PL011 that is a terminal of the host',
      ]);
    }
    expect(warnings(withDevices('kvm', `${uart}${uart}`))).to.have.lengthOf(1);
  });

  it("is not given by libvirt's driver, which adapt reports", () => {
    const { output, diagnostics } = adapt(withDevices('kvm', uart));
    expect(output).to.contain(uart);
    expect(diagnostics.map(({ message }) => message)).to.include(
      "<serial> has no effect: libvirt's Xen driver gives an Arm guest no UART",
    );
  });

  it('stays in the config if xl has none of that name', () => {
    const unknown = `name = "a"\nmemory = 64\nkernel = "/k"\nvuart = "unknown"\n`;
    expect(convert(unknown).output).not.to.contain('<serial');
    expect(convert(convert(unknown).output ?? '').output).to.contain('vuart = "unknown"');
  });
});

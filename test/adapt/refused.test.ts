import { expect } from 'chai';
import { adapt } from '../../lib/index.js';
import { kvmXml } from '../libvirt/domains.js';
import { adaptRules, unsupportedReason } from '../../lib/libvirt/unsupported.js';

const withElement = (path: string): string => {
  const nested = path
    .split('/')
    .reduceRight((inside, name) => `<${name} type='hostdev' name='vfio'>${inside}</${name}>`, '');
  return `<domain type='xen'><name>a</name><memory>1</memory><os><type>hvm</type></os>${nested}</domain>`;
};

describe('what the Xen driver of libvirt rejects or ignores', () => {
  it('has a reason in its rule or in the unsupported table', () => {
    for (const { path, because } of adaptRules())
      expect(because ?? unsupportedReason(path), path).not.to.equal(undefined);
  });

  for (const { path, driver, because } of adaptRules().filter(({ when }) => !when)) {
    it(`${driver === 'rejects' ? 'removes' : 'reports'} ${path}`, () => {
      const reason = because?.[1] ?? unsupportedReason(path)?.reason ?? '';
      const effect = driver === 'rejects' ? 'removed' : 'has no effect';
      const messages = adapt(withElement(path)).diagnostics.map(({ message }) => message);
      expect(messages).to.include(`<${path.split('/').at(-1) ?? ''}> ${effect}: ${reason}`);
    });
  }
});

describe("an IPv6 address, which libvirt's Xen driver writes in a form that QEMU or libxl rejects", () => {
  const adapted = (devices: string): { output: string; warnings: number } => {
    const { output = '', diagnostics } = adapt(kvmXml(devices));
    return { output, warnings: diagnostics.filter(({ severity }) => severity === 'warning').length };
  };
  const port = (name: string, host: string): string =>
    `<${name} type='tcp'><source mode='bind' host='${host}' service='1'/><protocol type='raw'/>` +
    `<target type='${name === 'serial' ? 'isa-serial' : 'serial'}' port='0'/></${name}>`;

  it('removes a serial port and its console, which would make it again', () => {
    const { output, warnings } = adapted(port('serial', '::1') + port('console', '::1'));
    expect(output).not.to.include('<serial').and.not.include('<console');
    expect(warnings).to.equal(2);
    expect(adapted(port('serial', '127.0.0.1')).output).to.include("host='127.0.0.1'");
  });

  it('removes a VNC server, unless it listens at every address, also of IPv4', () => {
    for (const listen of [`listen='fd00::1'/>`, `><listen type='address' address='fd00::1'/></graphics>`]) {
      const { output, warnings } = adapted(`<graphics type='vnc' port='-1' ${listen}`);
      expect([output.includes('<graphics'), warnings]).to.deep.equal([false, 1]);
    }
    const any = `<graphics type='vnc' port='-1' listen='::'><listen type='address' address='::'/></graphics>`;
    const { output, warnings } = adapted(any);
    expect(output).to.include(any.replaceAll('::', '0.0.0.0'));
    expect(warnings).to.equal(1);
    expect(adapt(output).output).to.equal(output);
  });

  it('stays with SPICE, whose address is an option of its own', () => {
    expect(adapted(`<graphics type='spice' autoport='yes' listen='fd00::1'/>`).output).to.include('fd00::1');
  });
});

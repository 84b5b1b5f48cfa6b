import { expect } from 'chai';
import { adapt, convert, type Diagnostic } from '../../lib/index.js';
import { pvXml } from './domains.js';

const flask = "type='static' model='flask' relabel='no'";
const seclabel = (attributes: string, label = 'system_u:system_r:domU_t'): string =>
  `<seclabel ${attributes}><label>${label}</label></seclabel>`;
const kvm = (inside: string): string =>
  pvXml('', inside)
    .replace("type='xen'", "type='kvm'")
    .replace(/<type[^>]*>linux/, "<type arch='x86_64'>hvm");
const cfg = (settings: string): string =>
  `name = "a"\nkernel = "/k"\nmemory = 64\non_crash = "destroy"\n${settings}\n`;

const warnings = (diagnostics: readonly Diagnostic[]): readonly string[] =>
  diagnostics.filter(({ severity }) => severity === 'warning').map(({ message }) => message);
const settingsOf = (output = ''): readonly string[] =>
  output.split('\n').filter((line) => line.includes('seclabel'));

describe("a label of the policy of Xen's security module", () => {
  for (const attributes of [flask, "type='static'", "type='static' model='xsm' relabel='yes'"]) {
    it(`is converted to seclabel: ${attributes}`, () => {
      const { output, diagnostics } = convert(pvXml('', seclabel(attributes)));
      expect(settingsOf(output)).to.deep.equal(['seclabel = "system_u:system_r:domU_t"']);
      expect(warnings(diagnostics)).to.deep.equal([]);
    });
  }

  for (const key of ['seclabel', 'init_seclabel']) {
    it(`is converted from ${key}, and back`, () => {
      const { output = '', diagnostics } = convert(cfg(`${key} = "system_u:system_r:domU_t"`));
      expect(output).to.include(
        `<seclabel ${flask}>\n    <label>system_u:system_r:domU_t</label>\n  </seclabel>\n</domain>`,
      );
      expect(warnings(diagnostics)).to.deep.equal([]);
      expect(settingsOf(convert(output).output)).to.deep.equal(['seclabel = "system_u:system_r:domU_t"']);
    });
  }

  it('is reported if it is empty', () => {
    const fromXml = convert(pvXml('', seclabel(flask, '')));
    expect(settingsOf(fromXml.output)).to.deep.equal([]);
    expect(warnings(fromXml.diagnostics).join()).to.match(/^<seclabel> omitted: /);
    const fromXl = convert(cfg('seclabel = ""'));
    expect(fromXl.output).not.to.include('<label>');
    expect(warnings(fromXl.diagnostics).join()).to.match(/'seclabel'/);
  });

  it('is preserved if another one is for building the guest', () => {
    const settings = ['seclabel = "a_u:a_r:run_t"', 'init_seclabel = "a_u:a_r:build_t"'];
    const { output = '', diagnostics } = convert(cfg(settings.join('\n')));
    expect(output).not.to.include('<seclabel');
    expect(warnings(diagnostics)).to.have.lengthOf(2);
    expect(settingsOf(convert(output).output)).to.have.members(settings);
  });

  it('is the first one: libvirt ignores a second one', () => {
    const { output, diagnostics } = convert(pvXml('', seclabel(flask) + seclabel(flask, 'b_u:b_r:b_t')));
    expect(settingsOf(output)).to.deep.equal(['seclabel = "system_u:system_r:domU_t"']);
    expect(warnings(diagnostics)).to.deep.equal([
      "<seclabel> omitted: Xen's policy has one label for a guest, which is static and comes first",
    ]);
  });

  it('is removed for KVM, with a warning', () => {
    const { output, diagnostics } = adapt(pvXml('', seclabel(flask)), { to: 'kvm' });
    expect(output).not.to.include('seclabel');
    expect(warnings(diagnostics).filter((message) => message.includes('seclabel'))).to.have.lengthOf(1);
  });
});

describe('a label of a security driver of the host', () => {
  for (const attributes of ["type='static'", "type='static' model='selinux'", "type='static' model='dac'"]) {
    it(`never becomes one of Xen's policy: ${attributes}`, () => {
      const xml = kvm(seclabel(attributes, '+107:+107'));
      const converted = convert(xml);
      expect(converted.output).not.to.include('seclabel');
      expect(warnings(converted.diagnostics)).to.deep.equal([]);
      // libvirt's Xen driver passes any static label to it.
      const adapted = adapt(xml);
      expect(adapted.output).not.to.include('seclabel');
      expect(warnings(adapted.diagnostics)).to.deep.equal([]);
    });
  }

  it('stays if the driver does not read it', () => {
    const dynamic = "<seclabel type='dynamic' model='dac' relabel='yes'/>";
    expect(adapt(kvm(dynamic)).output).to.include(dynamic);
  });
});

import { expect } from 'chai';
import { convert, type LibvirtVersion } from '../../lib/index.js';
import { Report } from '../../lib/diagnostics/diagnostic.js';
import { writableFor } from '../../lib/libvirt/versions.js';
import { compactXml, element, textElement, type XmlTree } from '../../lib/libvirt/xml/tree.js';

const ovmf = (path: string): string =>
  `name = "a"\ntype = "hvm"\nmemory = 256\nbios = "ovmf"\nbios_path_override = "${path}"\n`;

/** The output for a release of libvirt, and the diagnostics. */
function written(libvirt: LibvirtVersion, ...children: readonly (XmlTree | undefined)[]) {
  const report = new Report();
  const xml = compactXml(writableFor(libvirt, element('domain', {}, children), report, undefined));
  return { xml, found: report.diagnostics.map(({ code, message }) => `${code}: ${message}`) };
}

describe('--libvirt', () => {
  const features = element('features', {}, [element('acpi'), element('hyperv', { mode: 'custom' })]);

  it('9.0 omits <hyperv>, which it ignores for Xen', () => {
    expect(written('9.0', features)).to.deep.equal({
      xml: '<domain><features><acpi/></features></domain>',
      found: ['target-too-old: <hyperv>: libvirt 9.0 ignores it for a Xen domain'],
    });
  });

  it('9.0 writes an ACPI table with its own type name', () => {
    const table = (type: string): XmlTree =>
      element('os', {}, [element('acpi', {}, [textElement('table', '/t', { type })])]);
    expect(written('9.0', table('rawset'))).to.deep.equal({
      xml: "<domain><os><acpi><table type='slic'>/t</table></acpi></os></domain>",
      found: ["target-too-old: <table>: libvirt 9.0 names the type 'rawset' 'slic'"],
    });
    expect(written('9.0', table('slic')).found).to.deep.equal([]);
  });

  it('9.0 uses its own firmware, whatever the path of <loader>', () => {
    const found = (path: string, libvirt?: LibvirtVersion): readonly string[] =>
      convert(`${ovmf(path)}\nvnc = 0\n`, { libvirt }).diagnostics.map(
        ({ code, message }) => `${code}: ${message}`,
      );
    expect(found('/srv/ovmf.bin', '9.0')).to.deep.equal([
      'target-too-old: <loader>: libvirt 9.0 starts the domain with /usr/lib/xen/boot/ovmf.bin, whatever the path',
    ]);
    expect(found('/usr/lib/xen/boot/ovmf.bin', '9.0')).to.deep.equal([]);
    expect(found('/srv/ovmf.bin')).to.deep.equal([]);
  });

  it('11.3 includes all of it, and is the default', () => {
    const { xml, found } = written('11.3', features);
    expect([xml, found]).to.deep.equal([
      "<domain><features><acpi/><hyperv mode='custom'/></features></domain>",
      [],
    ]);
    expect(convert(ovmf('/srv/ovmf.bin'), { libvirt: '11.3' })).to.deep.equal(convert(ovmf('/srv/ovmf.bin')));
  });
});

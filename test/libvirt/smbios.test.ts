import { expect } from 'chai';
import { convert, type ConvertOptions } from '../../lib/index.js';
import { smbiosNames } from '../../lib/model/smbios.js';

const xml = (inside: string, os = "<smbios mode='sysinfo'/>"): string =>
  `<domain type='kvm'><name>one</name><memory>1048576</memory>${inside}<os><type>hvm</type>${os}</os></domain>`;

const cfg = (inside: string): string => `name = "one"\ntype = "hvm"\nmemory = 1024\n${inside}\n`;

function run(input: string, options: ConvertOptions = {}) {
  const { output = '', diagnostics } = convert(input, options);
  const smbios = /^smbios = .*$/m.exec(output)?.[0];
  const told = diagnostics.map(({ code, message }) => `${code}: ${message}`);
  return { output, smbios, told };
}

const cloudstack = xml(
  "<sysinfo type='smbios'><system><entry name='manufacturer'>Apache Software Foundation</entry>" +
    "<entry name='product'>CloudStack KVM Hypervisor</entry><entry name='uuid'>8f1e</entry></system></sysinfo>",
);

const everything = `<sysinfo type='smbios'>
<bios><entry name='vendor'>a</entry><entry name='version'>b</entry></bios>
<system><entry name='manufacturer'>c</entry><entry name='product'>d</entry><entry name='version'>e</entry><entry name='serial'>f</entry></system>
<baseBoard><entry name='manufacturer'>g</entry><entry name='product'>h</entry><entry name='version'>i</entry><entry name='serial'>j</entry><entry name='asset'>k</entry><entry name='location'>l</entry></baseBoard>
<chassis><entry name='manufacturer'>m</entry><entry name='serial'>n</entry><entry name='asset'>o</entry></chassis>
<oemStrings><entry>r, s</entry><entry>t</entry></oemStrings></sysinfo>`;

describe('SMBIOS strings', () => {
  it('reach the guest: cloud-init identifies the cloud by them', () => {
    const { smbios, told } = run(cloudstack);
    expect(smbios).to.equal(
      'smbios = [ "system_manufacturer=Apache Software Foundation", "system_product_name=CloudStack KVM Hypervisor" ]',
    );
    expect(told.filter((line) => /SMBIOS|sysinfo/.test(line))).to.deep.equal([
      "implied: SMBIOS string 'uuid' omitted: it is the domain's UUID",
    ]);
  });

  it('include all that xl can set', () => {
    const { smbios = '' } = run(xml(everything));
    const names = [...smbios.matchAll(/"([a-z_]+)=/g)].map(([, name]) => name);
    const battery = (name: string): boolean => name.startsWith('battery_');
    expect(names).to.deep.equal([...smbiosNames.filter((name) => !battery(name)), 'oem']);
  });

  it('are the same after converting in either direction', () => {
    const { smbios = '' } = run(xml(everything));
    const settings = smbios.replace(' ]', ', "battery_device_name=q" ]');
    const there = run(cfg(settings));
    expect(there.told).to.include(
      "no-effect: <sysinfo> has no effect: libvirt's Xen driver does not set SMBIOS strings",
    );
    expect(there.output).to.include("<smbios mode='sysinfo'/>");
    const items = (text = ''): readonly string[] => (text.match(/"[^"]*"/g) ?? []).toSorted();
    expect(items(run(there.output).smbios)).to.deep.equal(items(settings));
  });

  it('are omitted for a Xen that lacks them, with a warning', () => {
    const { smbios, told } = run(cloudstack, { xen: '4.17' });
    expect(smbios).to.equal(undefined);
    expect(told).to.include("target-too-old: xl 4.17 has no option 'smbios': supported since 4.18");
  });

  for (const [value, why] of [
    ['ds=nocloud;s=http://192.0.2.1/', "xl ends a value at '='"],
    [' a', 'xl removes blanks around a value'],
    ['x'.repeat(5000), 'the value is too long for xenstore'],
  ] as const) {
    it(`are omitted if xl changes them: ${why}`, () => {
      const { smbios, told } = run(
        xml(`<sysinfo type='smbios'><system><entry name='serial'>${value}</entry></system></sysinfo>`),
      );
      expect(smbios).to.equal(undefined);
      expect(told).to.include(`unsupported: SMBIOS string 'system_serial_number' omitted: ${why}`);
    });
  }

  it('stay a single value whatever they contain', () => {
    const text = 'a&quot;, &quot;oem\\x22]&#10;b';
    const first = run(
      xml(`<sysinfo type='smbios'><oemStrings><entry>${text}</entry></oemStrings></sysinfo>`),
    );
    const back = run(first.output).output;
    expect(back.match(/<entry>/g)).to.have.lengthOf(1);
    expect(run(back).smbios).to.equal(first.smbios);
  });

  it('have no effect without <smbios>', () => {
    const { smbios, told } = run(cloudstack.replace("<smbios mode='sysinfo'/>", ''));
    expect(smbios).to.equal(undefined);
    expect(told).to.include(
      "implied: <sysinfo> omitted: it has no effect without <smbios mode='sysinfo'/> of <os>",
    );
  });

  it('without a counterpart in xl have their own reason', () => {
    const { told } = run(
      xml(
        "<sysinfo type='fwcfg'><entry name='opt/a'>b</entry></sysinfo>" +
          "<sysinfo type='smbios'><system><entry name='sku'>c</entry></system></sysinfo>",
      ),
    );
    expect(told).to.include.members([
      "unsupported: <sysinfo> omitted: libxl does not use QEMU's firmware configuration (fw_cfg)",
      'unsupported: <entry> omitted: xl does not set this SMBIOS string of the system',
    ]);
    expect(run(xml('', "<smbios mode='host'/>")).told).to.include(
      "unsupported: <smbios> omitted: xl cannot copy the host's SMBIOS strings",
    );
  });

  for (const [setting, why] of [
    ['smbios = [ "bios_vendor" ]', "smbios: xl rejects 'bios_vendor'"],
    ['smbios = [ "bios=a" ]', "smbios: xl rejects the name 'bios'"],
    ['smbios = [ "bios_vendor=" ]', "smbios: xl rejects 'bios_vendor='"],
  ] as const) {
    it(`are rejected as by xl: ${setting}`, () => {
      expect(run(cfg(setting)).told).to.include(`value-invalid: ${why}`);
    });
  }
});

describe('sleep states', () => {
  const pm = (mem: string, disk: string): string =>
    `<pm><suspend-to-mem enabled='${mem}'/><suspend-to-disk enabled='${disk}'/></pm>`;

  it('are converted in both directions', () => {
    const { output, told } = run(xml(pm('no', 'yes'), ''));
    expect(output).to.include('acpi_s3 = 0\nacpi_s4 = 1\n');
    expect(told.filter((line) => line.includes('pm'))).to.deep.equal([]);
    const back = run(output);
    expect(back.output).to.match(
      /<pm>\s*<suspend-to-mem enabled='no'\/>\s*<suspend-to-disk enabled='yes'\/>/,
    );
    expect(back.told).to.include(
      "no-effect: <pm> has no effect: libvirt's Xen driver offers all sleep states",
    );
  });

  it('do not exist in a PV guest', () => {
    const pv =
      "<domain type='xen'><name>a</name><memory>1024</memory><bootloader>pygrub</bootloader><os><type>linux</type></os>";
    expect(run(`${pv}${pm('no', 'no')}</domain>`).told.join()).not.to.include('pm');
    expect(run(`${pv}${pm('yes', 'no')}</domain>`).told).to.include(
      'unsupported: <pm> omitted: a PV or PVH guest has no sleep states',
    );
  });
});

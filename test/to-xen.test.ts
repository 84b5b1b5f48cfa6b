import { expect } from 'chai';
import { convert } from '../lib/convert.js';
import { adapt, parseDomainXml } from '../lib/index.js';
import { Report } from '../lib/diagnostics/diagnostic.js';
import { toXen } from '../lib/to-xen/domain.js';
import type { Domain } from '../lib/model/domain.js';
import { findings } from './diagnostics/findings.js';
import { hvmXml, kvmXml, pvXml } from './libvirt/domains.js';

function domainOf(xml: string): Domain {
  const { domain } = parseDomainXml(xml);
  if (!domain) throw new Error('not read');
  return domain;
}

/** The names and buses of the disks after the conversion to Xen, and the diagnostics. */
function fitted(xml: string): { readonly disks: readonly string[]; readonly found: readonly string[] } {
  const report = new Report();
  const { disks } = toXen(domainOf(xml), report);
  return {
    disks: disks.map(({ target, bus }) => `${target} ${bus ?? ''}`),
    found: findings(xml, report.diagnostics),
  };
}

const disk = (dev: string, bus: string, device = 'disk'): string =>
  `<disk type='file' device='${device}'><source file='/${dev}'/><target dev='${dev}' bus='${bus}'/></disk>`;

const nic = (model: string): string =>
  `<interface type='bridge'><source bridge='br0'/><model type='${model}'/></interface>`;

describe('the disks of a KVM domain on Xen', () => {
  it('on virtio are paravirtual, with the same letter', () => {
    const xml = kvmXml(disk('vda', 'virtio') + disk('vdc', 'virtio'));
    expect(fitted(xml)).to.deep.equal({
      disks: ['xvda paravirtual', 'xvdc paravirtual'],
      found: [`converted: dev='vda'`, `converted: dev='vdc'`],
    });
  });

  it('on SCSI, SATA and USB are paravirtual', () => {
    expect(
      fitted(kvmXml(disk('sda', 'scsi') + disk('sdb', 'sata') + disk('sdc', 'usb'))).disks,
    ).to.deep.equal(['xvda paravirtual', 'xvdb paravirtual', 'xvdc paravirtual']);
  });

  it('on IDE are unchanged', () => {
    expect(fitted(kvmXml(disk('hda', 'ide') + disk('hdc', 'ide', 'cdrom')))).to.deep.equal({
      disks: ['hda ide', 'hdc ide'],
      found: [],
    });
  });

  it('get another letter if two have the same on different buses', () => {
    expect(
      fitted(kvmXml(disk('vda', 'virtio') + disk('sda', 'scsi') + disk('vdb', 'virtio'))).disks,
    ).to.deep.equal(['xvda paravirtual', 'xvdb paravirtual', 'xvdc paravirtual']);
  });

  it('do not conflict with an IDE disk: libxl emulates the first four on IDE', () => {
    expect(
      fitted(kvmXml(disk('hda', 'ide') + disk('vda', 'virtio') + disk('hdc', 'ide', 'cdrom'))).disks,
    ).to.deep.equal(['hda ide', 'xvdb paravirtual', 'hdc ide']);
  });

  it('do not conflict with an IDE disk that follows them', () => {
    expect(fitted(kvmXml(disk('vda', 'virtio') + disk('hda', 'ide'))).disks).to.deep.equal([
      'xvdb paravirtual',
      'hda ide',
    ]);
  });

  it('that are CD-ROM drives are converted to IDE drives, starting with hdc', () => {
    expect(
      fitted(kvmXml(disk('vda', 'virtio') + disk('sda', 'sata', 'cdrom') + disk('sdb', 'sata', 'cdrom')))
        .disks,
    ).to.deep.equal(['xvda paravirtual', 'hdc ide', 'hdd ide']);
  });

  it('that are CD-ROM drives are at most four', () => {
    const drives = ['sda', 'sdb', 'sdc', 'sdd', 'sde'].map((dev) => disk(dev, 'sata', 'cdrom')).join('');
    const { disks, found } = fitted(kvmXml(drives));
    expect(disks.slice(0, 4)).to.deep.equal(['hdc ide', 'hdd ide', 'hdb ide', 'hda ide']);
    expect(found).to.include(`device-unsupported: dev='sde'`);
  });

  it('keep letters after z', () => {
    expect(fitted(kvmXml(disk('vdaa', 'virtio'))).disks).to.deep.equal(['xvdaa paravirtual']);
  });

  it('do not use a name that another disk has', () => {
    expect(fitted(kvmXml(disk('vda', 'virtio') + disk('xvda', 'virtio'))).disks).to.have.members([
      'xvda paravirtual',
      'xvdb paravirtual',
    ]);
  });

  it('keep the letter of a name such as xvdb', () => {
    expect(fitted(kvmXml(disk('xvdb', 'virtio'))).disks).to.deep.equal(['xvdb paravirtual']);
  });

  it('continue after z with aa, and have unique names for any number of disks', () => {
    const letters = [...'abcdefghijklmnopqrstuvwxyz'];
    const { disks } = fitted(
      kvmXml(
        [...letters.map((x) => disk(`vd${x}`, 'virtio')), ...letters.map((x) => disk(`sd${x}`, 'scsi'))].join(
          '',
        ),
      ),
    );
    expect(new Set(disks).size).to.equal(52);
    expect(disks.slice(25, 28)).to.deep.equal(['xvdz paravirtual', 'xvdaa paravirtual', 'xvdab paravirtual']);
  });
});

describe('the hard disk that a KVM domain boots first', () => {
  const ordered = (dev: string, bus: string, order: number, device = 'disk'): string =>
    disk(dev, bus, device).replace('</disk>', `<boot order='${order}'/></disk>`);

  it('has the first name, at its place in the document', () => {
    const xml = kvmXml(
      ordered('vda', 'virtio', 3) + ordered('vdb', 'virtio', 1) + ordered('sda', 'sata', 2, 'cdrom'),
    );
    expect(fitted(xml).disks).to.deep.equal(['xvdb paravirtual', 'xvda paravirtual', 'hdc ide']);
    const { output, diagnostics } = convert(xml);
    expect(output).to.match(/vdev=xvdb[^"]*target=\/vda".*vdev=xvda[^"]*target=\/vdb"/s);
    expect(output).to.include('boot = "cd"');
    expect(diagnostics.map(({ message }) => message)).to.include(
      "disks 'vda' and 'vdb' exchange their names: Xen boots the disk with the first name",
    );
    expect(diagnostics.map(({ message }) => message)).to.include("disk 'vdb' renamed to 'xvda'");
  });

  it('is the first in the boot order after converting back, the others keep their order', () => {
    const xml = kvmXml(ordered('vda', 'virtio', 2) + ordered('vdb', 'virtio', 1) + disk('vdc', 'virtio'));
    const back = convert(convert(xml).output ?? '').output ?? '';
    expect([...back.matchAll(/<source file='([^']*)'/g)].map(([, path]) => path)).to.deep.equal([
      '/vda',
      '/vdb',
      '/vdc',
    ]);
    expect(adapt(adapt(xml).output ?? '', { to: 'kvm' }).output).to.match(
      /'\/vda'\/><target dev='vdb'.*'\/vdb'\/><target dev='vda'.*'\/vdc'\/><target dev='vdc'/s,
    );
  });

  it('is the same in adapt, once', () => {
    const xml = kvmXml(ordered('hda', 'ide', 2) + ordered('vdb', 'virtio', 1));
    const { output = '' } = adapt(xml);
    expect(output).to.match(
      /'\/hda'\/><target dev='xvdb' bus='xen'\/>.*'\/vdb'\/><target dev='hda' bus='ide'\/>/s,
    );
    expect(adapt(output).edits).to.deep.equal([]);
    const disksOf = (text: string): string | undefined =>
      /^disk = .*$/m.exec(convert(text).output ?? '')?.[0];
    expect(disksOf(output)).to.be.a('string').and.equal(disksOf(xml));
  });

  it('keeps its name if it is the first, if there is no order, and in a Xen domain', () => {
    for (const xml of [
      kvmXml(ordered('vda', 'virtio', 1) + ordered('vdb', 'virtio', 2)),
      kvmXml(disk('vda', 'virtio') + disk('vdb', 'virtio')),
    ])
      expect(fitted(xml).disks).to.deep.equal(['xvda paravirtual', 'xvdb paravirtual']);
    const xen = fitted(hvmXml(ordered('xvda', 'xen', 2) + ordered('xvdb', 'xen', 1)));
    expect(xen.disks).to.deep.equal(['xvda paravirtual', 'xvdb paravirtual']);
    expect(xen.found).to.deep.equal([`unsupported: dev='xvdb'`]);
  });
});

describe('the disks of a Xen domain', () => {
  it('keep names that xl supports', () => {
    for (const name of ['xvda', 'xvda1', 'xvdaa', 'hda', 'hdd', 'sda', 'sdp', 'd0p0', '0x301', '51712']) {
      expect(fitted(pvXml(disk(name, 'xen'))), name).to.deep.equal({
        disks: [`${name} paravirtual`],
        found: [],
      });
    }
  });

  it('get a name that xl supports if they have none', () => {
    expect(fitted(pvXml(disk('vda', 'virtio')))).to.deep.equal({
      disks: ['xvda paravirtual'],
      found: [`converted: dev='vda'`],
    });
  });
});

describe('the network cards of a KVM domain on Xen', () => {
  const models = (xml: string): readonly (string | undefined)[] =>
    toXen(domainOf(xml), new Report()).interfaces.map(({ model }) => model);

  it('are converted from virtio to netfront', () => {
    expect(models(kvmXml(nic('virtio') + nic('virtio-net-pci') + nic('virtio-transitional')))).to.deep.equal([
      'netfront',
      'netfront',
      'netfront',
    ]);
  });

  it('are converted from e1000e to e1000', () => {
    expect(models(kvmXml(nic('e1000e')))).to.deep.equal(['e1000']);
  });

  it('keep other models', () => {
    expect(models(kvmXml(nic('e1000') + nic('rtl8139')))).to.deep.equal(['e1000', 'rtl8139']);
  });

  it('of a Xen domain are unchanged', () => {
    expect(models(hvmXml(nic('virtio')))).to.deep.equal(['virtio']);
  });

  it('that are converted are reported at the interface', () => {
    const xml = kvmXml(nic('virtio'));
    const report = new Report();
    toXen(domainOf(xml), report);
    expect(findings(xml, report.diagnostics)).to.deep.equal([`converted: <interface type='bridge'>`]);
  });
});

describe('a KVM domain on Xen', () => {
  it('has the same channels, as Xen channels', () => {
    const xml = kvmXml(
      `<controller type='virtio-serial' index='0'/>` +
        `<channel type='unix'><source mode='bind' path='/run/a'/><target type='virtio' name='a'/>` +
        `<address type='virtio-serial' controller='0' bus='0' port='1'/></channel>`,
    );
    expect(convert(xml, { xen: '4.20' }).output).to.include(
      'channel = [ "connection=socket,path=/run/a,name=a" ]\n',
    );
    expect(convert(xml, { to: 'libvirt' }).output).to.include(`    <channel type='unix'>
      <source mode='bind' path='/run/a'/>
      <target type='xen' name='a'/>
    </channel>
`);
  });

  it('is a Xen domain', () => {
    expect(toXen(domainOf(kvmXml()), new Report()).hypervisor).to.equal('xen');
    expect(convert(kvmXml(), { to: 'libvirt' }).output).to.match(/^<domain type='xen'>/);
  });

  it("starts QEMU where a Xen domain names xend's device model, or KVM's", () => {
    const model = (path: string, rest = ''): string | undefined => {
      const xml = kvmXml(`<emulator>${path}</emulator>`).replace("type='kvm'", "type='xen'");
      return /device_model_override = .*/.exec(
        convert(xml.replace('</domain>', `${rest}</domain>`)).output ?? '',
      )?.[0];
    };
    for (const name of ['qemu-dm', 'stubdom-dm', 'qemu-kvm', 'kvm'])
      for (const folder of ['/usr/lib/xen/bin', '/usr/lib64/xen/bin', '/usr/libexec', '/opt'])
        expect(model(`${folder}/${name}`), name).to.equal(undefined);
    expect(model('/usr/lib/xen/bin/qemu-system-i386')).to.include('qemu-system-i386');
    const version = `<metadata><v:xl xmlns:v='urn:virt2xen:1'><v:settings>device_model_version = "qemu-xen-traditional"</v:settings></v:xl></metadata>`;
    expect(model('/usr/lib/xen/bin/qemu-dm', version)).to.include('qemu-dm');
  });

  it("gets Xen's emulator and firmware instead of KVM's", () => {
    const xml = kvmXml('<emulator>/usr/bin/qemu-system-x86_64</emulator>').replace(
      '</type>',
      `</type><loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE.fd</loader>`,
    );
    const { output = '' } = convert(xml);
    expect(output).to.include('bios = "ovmf"\n');
    expect(output).not.to.match(/OVMF_CODE|qemu-system/);
  });

  it('is converted once: the second time changes nothing', () => {
    const report = new Report();
    const once = toXen(domainOf(kvmXml(disk('vda', 'virtio') + nic('virtio'))), report);
    const again = new Report();
    expect(toXen(once, again)).to.deep.equal(once);
    expect(again.diagnostics).to.deep.equal([]);
  });
});

import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { adapt, convert, type Diagnostic } from '../lib/index.js';

const kvm = (devices: string): string =>
  `<domain type='kvm'><name>g</name><memory>1048576</memory><os><type arch='x86_64'>hvm</type></os><devices>${devices}</devices></domain>`;
const disk = (dev: string, bus: string): string =>
  `<disk type='file'><source file='/${dev}'/><target dev='${dev}' bus='${bus}'/></disk>`;
const nic = (model: string): string =>
  `<interface type='bridge'><source bridge='b'/><model type='${model}'/></interface>`;
const channel =
  "<channel type='unix'><source mode='bind' path='/run/a'/><target type='virtio' name='org.qemu.guest_agent.0'/></channel>";

const notesOf = (diagnostics: readonly Diagnostic[]): readonly string[] =>
  diagnostics.flatMap(({ code, message, severity }) =>
    code === 'guest-changes' ? [`${severity}: ${message}`] : [],
  );
const bothOf = (xml: string): readonly (readonly string[])[] => [
  notesOf(convert(xml).diagnostics),
  notesOf(convert(xml, { to: 'libvirt' }).diagnostics),
  notesOf(adapt(xml).diagnostics),
];

describe('what changes inside a guest', () => {
  it('is one info per conversion, whatever the number of devices', () => {
    const devices =
      ['vda', 'vdb', 'vdc'].map((dev) => disk(dev, 'virtio')).join('') + nic('virtio') + channel;
    const message =
      "info: inside the guest: disk names change ('vda' to 'xvda' and others) in fstab and the boot loader; " +
      "the initramfs requires xen-blkfront and xen-netfront; agents require a channel's path instead of a virtio port";
    expect(bothOf(kvm(devices))).to.deep.equal([[message], [message], [message]]);
  });

  it('lists only what changes', () => {
    const ide = disk('hda', 'ide') + nic('e1000');
    expect(bothOf(kvm(ide))).to.deep.equal([[], [], []]);
    expect(bothOf(kvm(ide + nic('virtio')))[0]).to.deep.equal([
      'info: inside the guest: the initramfs requires xen-netfront',
    ]);
  });

  it('is about the network cards that a PV guest gets', () => {
    const { diagnostics } = adapt(kvm(nic('e1000')).replace('</type>', '</type><kernel>/k</kernel>'), {
      guest: 'pv',
    });
    expect(notesOf(diagnostics)).to.deep.equal([
      'info: inside the guest: the initramfs requires xen-netfront',
    ]);
  });

  it('is nothing for a document of Xen, in any direction', () => {
    const xen = adapt(kvm(disk('vda', 'virtio') + nic('virtio') + channel)).output ?? '';
    const config = convert(xen).output ?? '';
    for (const { diagnostics } of [convert(xen), adapt(xen), convert(config), adapt(xen, { to: 'kvm' })])
      expect(notesOf(diagnostics)).to.deep.equal([]);
  });

  it('is once in every fixture of KVM that converts, and in no other', () => {
    for (const topic of readdirSync('fixtures')) {
      for (const file of readdirSync(join('fixtures', topic)).filter((name) => name.endsWith('.xml'))) {
        const text = readFileSync(join('fixtures', topic, file), 'utf8');
        for (const { diagnostics, output } of [convert(text), adapt(text)]) {
          const count = notesOf(diagnostics).length;
          if (!/<domain[^>]* type=['"](?:kvm|qemu)/.test(text)) expect(count, file).to.equal(0);
          else if (output !== undefined && /['"]virtio['"]/.test(text)) expect(count, file).to.equal(1);
          else expect(count, file).to.be.at.most(1);
        }
      }
    }
  });
});

import { expect } from 'chai';
import { adapt } from '../../lib/adapt/adapt.js';
import { convert } from '../../lib/convert.js';
import { settingsOf } from '../xl/guests.js';
import { findings } from '../diagnostics/findings.js';
import { hvmXml, kvmXml, pvXml } from './domains.js';

const disk = (inside: string): string =>
  `<disk type='block'><driver name='phy'/><source dev='/dev/x'/><target dev='xvdb'/>${inside}</disk>`;
const script = `<script path='/etc/qubes/block-snap'/>`;

/** The codes of the errors and warnings of a document. */
const codesOf = (run: ReturnType<typeof adapt> | ReturnType<typeof convert>): readonly string[] =>
  run.diagnostics.flatMap(({ code, severity }) => (severity === 'info' ? [] : code));

describe('the script of a disk, as Qubes has it', () => {
  it('is converted to that of xl, and restored', () => {
    const xml = hvmXml(disk(script));
    const { settings, found } = settingsOf(xml);
    expect(found).to.deep.equal([]);
    const line =
      '[ "format=raw,vdev=xvdb,access=rw,backendtype=phy,script=/etc/qubes/block-snap,target=/dev/x" ]';
    expect(settings['disk']).to.equal(line);
    const back = convert(convert(xml).output ?? '').output ?? '';
    expect(settingsOf(back).settings['disk']).to.equal(line);
  });

  it('has no effect in the domain of KVM, to the converter of libvirt, and to its driver', () => {
    for (const [xml, options] of [
      [kvmXml(disk(script)), {}],
      [hvmXml(disk(script)), { profile: 'libvirt' }],
    ] as const) {
      const { settings, found } = settingsOf(xml, options);
      expect(settings['disk']).not.to.include('script');
      expect(found).to.deep.equal(["unsupported: <script path='/etc/qubes/block-snap'/>"]);
    }
    expect(codesOf(adapt(hvmXml(disk(script))))).to.deep.equal(['no-effect']);
  });

  it('cannot inject parameters of a disk', () => {
    const xml = hvmXml(disk(`<script path='block,target=/etc/shadow'/>`));
    expect(codesOf(convert(xml))).to.deep.equal(['xl-unrepresentable']);
  });
});

describe('a device of a Xen domain that KVM would replace by another one', () => {
  it('is an error when the domain is adapted to KVM, and can be dropped', () => {
    for (const [device, selector] of [
      [disk(script), 'disk:xvdb'],
      [disk(`<backenddomain name='sys-usb'/>`), 'disk:xvdb'],
      [
        `<interface type='bridge'><mac address='00:16:3e:00:00:01'/><source bridge='b'/><backenddomain name='n'/></interface>`,
        'interface:00:16:3e:00:00:01',
      ],
    ] as const) {
      const refused = adapt(hvmXml(device), { to: 'kvm' });
      expect(refused.output).to.equal(undefined);
      expect(codesOf(refused)).to.deep.equal(['device-unsupported']);
      expect(refused.diagnostics.flatMap(({ drop }) => drop ?? [])).to.deep.equal([selector]);
      const dropped = adapt(hvmXml(device), { to: 'kvm', drop: [selector] });
      expect(dropped.output).to.be.a('string').and.not.include('backenddomain').and.not.include('script');
    }
  });
});

describe('a device model in a stubdomain, as Qubes has it', () => {
  const emulator = `<emulator type='stubdom-linux' cmdline='-qubes-net:a,b'/>`;

  it('stays in a stubdomain, in both directions', () => {
    const xml = hvmXml(emulator);
    const { settings, found } = settingsOf(xml);
    expect(found).to.deep.equal([]);
    expect(settings).to.include({
      device_model_version: '"qemu-xen"',
      device_model_stubdomain_override: '1',
      stubdomain_cmdline: '"-qubes-net:a,b"',
    });
    const config = convert(xml).output ?? '';
    expect(convert(convert(config).output ?? '').output).to.equal(config);
  });

  it('is the older one without a type for Linux', () => {
    expect(settingsOf(hvmXml(`<emulator type='stubdom'/>`)).settings).to.include({
      device_model_version: '"qemu-xen-traditional"',
      device_model_stubdomain_override: '1',
    });
  });

  it("is reported by adapt: libvirt's own driver runs it in dom0", () => {
    expect(codesOf(adapt(hvmXml(emulator)))).to.deep.equal(['no-effect']);
  });

  it('is none of a guest without a device model, or of KVM', () => {
    for (const xml of [pvXml(emulator), kvmXml(emulator)]) {
      const { settings, found } = settingsOf(xml);
      expect(settings).not.to.have.property('device_model_stubdomain_override');
      expect(found.length).to.be.greaterThan(0);
    }
  });
});

describe('the firmware hvmloader', () => {
  it('is no loss, by its name as by its path', () => {
    for (const loader of ['hvmloader', '/usr/lib/xen/boot/hvmloader']) {
      const xml = hvmXml().replace('</type>', `</type><loader type='rom'>${loader}</loader>`);
      expect(codesOf(convert(xml)), loader).to.deep.equal([]);
    }
  });
});

describe("the host's memory map", () => {
  it('is for PV guests, which is said of an HVM guest', () => {
    const beside = "<features><xen><e820_host state='on'/></xen></features>";
    const xml = hvmXml('', beside);
    const { diagnostics } = convert(xml);
    expect(findings(xml, diagnostics)).to.deep.include("unsupported: <e820_host state='on'/>");
    expect(diagnostics.map(({ message }) => message).join()).to.include('only a PV guest');
    expect(codesOf(adapt(xml))).to.deep.equal(['no-effect']);
    expect(codesOf(convert(hvmXml('', beside.replace('on', 'off'))))).to.deep.equal([]);
  });
});

import { expect } from 'chai';
import { adapt, convert } from '../../lib/index.js';

const guest = (devices: string, type: string): string =>
  `<domain type='${type}'><name>a</name><memory unit='MiB'>64</memory><os><type arch='x86_64' machine='${type === 'xen' ? 'xenfv' : 'pc'}'>hvm</type></os><devices>${devices}</devices></domain>`;

const disk = (inSource: string, beside = ''): string =>
  `<disk type='file' device='disk'><source file='/a'>${inSource}</source>${beside}<target dev='hda' bus='ide'/></disk>`;
const nic = (link: string): string =>
  `<interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br0'/>${link}</interface>`;
const tcp = (name: string, tls: string): string =>
  `<${name} type='tcp'><source mode='bind' host='127.0.0.1' service='2445'${tls}/><protocol type='raw'/><target port='0'/></${name}>`;

/** Devices of KVM that Xen would leave without protection, each with the one that needs none, and its selector. */
const protectedDevices: readonly (readonly [device: string, plain: string, selector: string])[] = [
  [disk("<encryption format='luks'/>"), disk(''), 'disk:hda'],
  [disk('', "<encryption format='luks'/>"), disk(''), 'disk:hda'],
  [disk("<slices><slice type='storage' offset='12345' size='123'/></slices>"), disk(''), 'disk:hda'],
  [nic("<link state='down'/>"), nic("<link state='up'/>"), 'interface:52:54:00:00:00:01'],
  [tcp('serial', " tls='yes'"), tcp('serial', " tls='no'"), 'serial:tcp'],
  [tcp('console', " tls='yes'"), tcp('console', ''), 'console:tcp'],
];

describe('what protects a device of a KVM guest', () => {
  for (const [name, run] of Object.entries({ convert, adapt })) {
    for (const [device, plain, selector] of protectedDevices) {
      it(`${name}: is required, or the device is dropped: ${device}`, () => {
        const { output, diagnostics } = run(guest(device, 'kvm'));
        expect(output).to.equal(undefined);
        const errors = diagnostics.filter(({ severity }) => severity === 'error');
        expect(errors.map(({ code, drop }) => [code, drop])).to.deep.equal([
          ['device-unsupported', selector],
        ]);
        expect(run(guest(device, 'kvm'), { drop: [selector] }).output).to.be.a('string');
        expect(run(guest(plain, 'kvm')).output).to.be.a('string');
      });
    }
  }

  it('never existed for a Xen guest', () => {
    for (const [device] of protectedDevices) {
      expect(convert(guest(device, 'xen')).output, device).to.be.a('string');
    }
  });
});

describe('what protects a KVM guest as a whole', () => {
  const secure = (loader: string, feature: string): string =>
    guest('', 'kvm').replace(
      /<os>.*<\/os>/,
      `<os firmware='efi'><type arch='x86_64' machine='q35'>hvm</type><loader secure='${loader}'/>` +
        `<firmware><feature enabled='${feature}' name='secure-boot'/></firmware></os>`,
    );
  const encrypted = guest('', 'kvm').replace(
    '</domain>',
    "<launchSecurity type='sev'><policy>0x0001</policy></launchSecurity></domain>",
  );
  for (const [name, run] of Object.entries({ convert, adapt })) {
    for (const [given, plain] of [
      [encrypted, guest('', 'kvm')],
      [secure('yes', 'yes'), secure('no', 'no')],
      [secure('yes', 'no'), secure('no', 'no')],
      [secure('no', 'yes'), secure('no', 'no')],
    ] as const) {
      it(`${name}: is required: ${given}`, () => {
        const { output, diagnostics } = run(given);
        expect(output).to.equal(undefined);
        expect(
          new Set(diagnostics.flatMap(({ severity, code }) => (severity === 'error' ? code : []))),
        ).to.have.keys('device-unsupported');
        expect(run(plain).output).to.be.a('string');
      });
    }
  }
});

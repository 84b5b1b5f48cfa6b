import { expect } from 'chai';
import { adapt, convert, type Diagnostic } from '../../lib/index.js';
import { kvmXml, pvXml } from './domains.js';

const losses = (diagnostics: readonly Diagnostic[]): readonly string[] =>
  diagnostics.filter(({ severity }) => severity !== 'info').map(({ message }) => message);
const usbLines = (output = ''): readonly string[] =>
  output.split('\n').filter((line) => line.startsWith('usb'));

describe('an input device', () => {
  const tablet =
    "<input type='tablet' bus='virtio' model='virtio-non-transitional'>" +
    "<address type='pci' domain='0' bus='0' slot='5' function='0'/></input>";

  it('of KVM is a USB tablet if it is a virtio tablet, which KubeVirt gives every Windows guest', () => {
    const { output, diagnostics } = convert(kvmXml(tablet), { strict: true });
    expect(usbLines(output)).to.deep.equal(['usb = 1', 'usbdevice = "tablet"']);
    expect(losses(diagnostics)).to.deep.equal([]);

    const adapted = adapt(kvmXml(tablet), { strict: true });
    expect(adapted.output).to.include("<input type='tablet' bus='usb'></input>");
    expect(usbLines(convert(adapted.output ?? '').output)).to.deep.equal(usbLines(output));
    expect(adapt(adapted.output ?? '').edits).to.deep.equal([]);
  });

  it('is no loss if it is a mouse or a keyboard: every guest has those', () => {
    const both = "<input type='mouse' bus='virtio'/><input type='keyboard' bus='virtio'/>";
    for (const run of [convert, adapt]) {
      const { output, diagnostics } = run(kvmXml(both), { strict: true });
      expect(losses(diagnostics)).to.deep.equal([]);
      expect(usbLines(output)).to.deep.equal([]);
    }
  });

  it('is no loss to a PV guest, which has its own beside a screen', () => {
    for (const bus of ['usb', 'virtio', 'ps2', 'xen']) {
      const xml = pvXml(`<input type='tablet' bus='${bus}'/><input type='keyboard' bus='${bus}'/>`);
      expect(losses(convert(xml, { strict: true }).diagnostics), bus).to.deep.equal([]);
    }
  });

  it('of the host is a loss', () => {
    const xml = kvmXml("<input type='evdev'><source dev='/dev/input/event1'/></input>");
    expect(losses(convert(xml).diagnostics)).to.deep.equal(['<input> omitted: Xen has no such input device']);
  });
});

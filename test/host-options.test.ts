import { expect } from 'chai';
import { adapt, convert } from '../lib/index.js';
import { kvmXml } from './libvirt/domains.js';
import { findings } from './diagnostics/findings.js';

const userNic = `<interface type='user'><mac address='52:54:00:00:00:01'/><source dev='eth0'/><model type='virtio'/></interface>`;
const volume = (name: string): string =>
  `<disk type='volume' device='disk'><source pool='default' volume='${name}'/><target dev='vda' bus='virtio'/></disk>`;
const virtualFunction = `<interface type='hostdev' managed='yes'>
  <driver name='vfio'/>
  <mac address='52:54:00:00:00:02'/>
  <source><address type='pci' domain='0' bus='5' slot='0x10' function='1'/></source>
  <vlan><tag id='7'/></vlan>
</interface>`;

const settingOf = (output: string | undefined, key: string): string | undefined =>
  output?.split('\n').find((line) => line.startsWith(`${key} = `));
const codesOf = (text: string, { diagnostics }: Pick<ReturnType<typeof convert>, 'diagnostics'>) =>
  findings(text, diagnostics).map((finding) => finding.split(':', 1)[0]);

describe("interfaces of type 'user'", () => {
  const xml = kvmXml(userNic);

  it('are connected to the bridge that is specified for them, which is reported', () => {
    const result = convert(xml, { networks: { user: 'br0' } });
    expect(settingOf(result.output, 'vif')).to.equal(
      'vif = [ "mac=52:54:00:00:00:01,bridge=br0,script=vif-bridge,type=vif" ]',
    );
    expect(result.diagnostics.map(({ message }) => message)).to.include(
      "interface type 'user' converted to bridge br0: other hosts of its network can reach the guest",
    );
  });

  it('are an error without a bridge in convert and adapt, with the option that helps and the selector that drops them', () => {
    for (const { output, diagnostics } of [convert(xml), adapt(xml)]) {
      expect(output).to.equal(undefined);
      const error = diagnostics.find(({ severity }) => severity === 'error');
      expect(error?.remedy).to.deep.equal({ option: 'userBridge' });
      expect(error?.drop).to.equal('interface:user');
    }
  });

  it('are adapted to the same bridge, and only once', () => {
    const { output = '' } = adapt(xml, { networks: { user: 'br0' } });
    expect(output).to.match(/<interface type='bridge'><mac [^>]*><source bridge='br0'\/>/);
    expect(adapt(output, { networks: { user: 'br1' } }).output).to.equal(output);
    expect(settingOf(convert(output).output, 'vif')).to.contain('bridge=br0');
  });

  it('do not use the bridge of a network with an empty name', () => {
    expect(convert(xml, { networks: { default: 'br0' } }).output).to.equal(undefined);
  });
});

describe('disks of storage pools', () => {
  it('are below the directory of the pool, in convert and adapt', () => {
    const pools = { default: '/var/lib/libvirt/images' };
    const converted = convert(kvmXml(volume('a.qcow2')), { pools });
    expect(settingOf(converted.output, 'disk')).to.contain('target=/var/lib/libvirt/images/a.qcow2');
    const { output = '' } = adapt(kvmXml(volume('a.qcow2')), { pools });
    expect(output).to.contain(`type='file'`).and.contain(`file='/var/lib/libvirt/images/a.qcow2'`);
    expect(output).not.to.contain('volume');
  });

  it('are block devices where the pool is below /dev', () => {
    const { output = '' } = adapt(kvmXml(volume('root')), { pools: { default: '/dev/vg0' } });
    expect(output).to.contain(`type='block'`).and.contain(`dev='/dev/vg0/root'`);
  });

  it('are an error if the directory is unknown, with the option that helps', () => {
    for (const { output, diagnostics } of [convert(kvmXml(volume('a'))), adapt(kvmXml(volume('a')))]) {
      expect(output).to.equal(undefined);
      const remedies = diagnostics.map(({ remedy }) => remedy);
      expect(remedies).to.deep.include({ option: 'pools', value: 'default' });
    }
  });

  it('cannot leave the directory of the pool', () => {
    for (const name of ['../../etc/passwd', 'a/b', '..', '.', '/etc/passwd']) {
      const options = { pools: { default: '/images' } };
      expect(convert(kvmXml(volume(name)), options).output, name).to.equal(undefined);
      expect(adapt(kvmXml(volume(name)), options).output, name).to.equal(undefined);
    }
  });
});

describe('virtual functions of the host as interfaces', () => {
  const xml = kvmXml(virtualFunction);

  it('are PCI devices, and what they lose is reported', () => {
    const result = convert(xml);
    expect(settingOf(result.output, 'pci')).to.contain('0000:05:10.1');
    expect(settingOf(result.output, 'vif')).to.equal(undefined);
    expect(codesOf(xml, result)).to.include('hostdev-network');
    const messages = result.diagnostics.map(({ message }) => message).join('\n');
    expect(messages).to.contain('MAC address 52:54:00:00:00:02').and.contain('VLAN 7');
  });

  it("lose KVM's driver when adapted, as host devices do", () => {
    const { output = '' } = adapt(xml);
    expect(output).to.contain(`<interface type='hostdev'`).and.not.contain('vfio');
  });
});

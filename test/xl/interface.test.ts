import { expect } from 'chai';
import { convert } from '../../lib/convert.js';
import { adapt } from '../../lib/index.js';
import type { Interface } from '../../lib/model/interface.js';
import { hvmXml, kvmXml, pvXml } from '../libvirt/domains.js';
import { hvmConfig, pvConfig, read, readClean, settingsOf } from './guests.js';

const config = (entry: string): string => pvConfig(`vif = [ '${entry}' ]`);

function one(entry: string): Interface | undefined {
  const { interfaces } = readClean(config(entry));
  expect(interfaces).to.have.length(1);
  return interfaces[0];
}

/** An interface with only these members. */
const nic = (more: Partial<Interface>): Interface => ({
  source: { kind: 'ethernet' },
  addresses: [],
  ...more,
});
const onBridge = (bridge: string): Pick<Interface, 'source'> => ({ source: { kind: 'bridge', bridge } });

describe("an xl.cfg's interfaces", () => {
  it('can be empty', () => {
    expect(one('')).to.deep.equal(nic({}));
  });

  it('have an address, bridge, model, name and script', () => {
    expect(one('mac=00:16:3e:00:00:01,bridge=br0,model=e1000,vifname=v0,script=vif-mine')).to.deep.equal(
      nic({
        ...onBridge('br0'),
        mac: '00:16:3e:00:00:01',
        model: 'e1000',
        device: 'v0',
        script: 'vif-mine',
      }),
    );
  });

  it('can have blanks before a parameter', () => {
    expect(one('mac=00:16:3e:00:00:01, bridge=br0')).to.deep.equal(
      nic({ ...onBridge('br0'), mac: '00:16:3e:00:00:01' }),
    );
  });

  it('have MAC addresses in the forms that xl accepts', () => {
    for (const mac of ['00:16:3E:00:00:0A', '0:16:3e:0:0:a', '00-16-3e-00-00-0a']) {
      expect(one(`mac=${mac}`)?.mac).to.equal('00:16:3e:00:00:0a');
    }
  });

  it('have several IP addresses', () => {
    expect(one('ip=10.0.0.1 fe80::1,script=vif-route')).to.deep.equal(
      nic({ addresses: ['10.0.0.1', 'fe80::1'], script: 'vif-route' }),
    );
  });

  it('preserve an ip= that is not an address', () => {
    for (const ip of ['00:16:3e:22:00:15', '1:2:3:4:5:6:7:8:9', 'a::b::c', '10.0.0.256', 'fe80::12345'])
      expect(one(`ip=${ip}`), ip).to.deep.equal(nic({ xlParameters: [`ip=${ip}`] }));
    for (const ip of ['::', '::1', 'fe80::1', '1:2:3:4:5:6:7:8', '2001:db8::/32', '10.0.0.1/8'])
      expect(one(`ip=${ip}`)?.addresses, ip).to.deep.equal([ip]);
  });

  it('are on the default bridge if their script requires one and none is specified', () => {
    expect(one('script=vif-bridge')?.source).to.deep.equal({ kind: 'bridge', bridge: 'xenbr0' });
    expect(one('script=vif-route')?.source).to.deep.equal({ kind: 'ethernet' });
  });

  it('ignore parameters without a value', () => {
    expect(one('bridge=,script=,model=')).to.deep.equal(nic({}));
  });

  it('of an HVM guest are paravirtual only with type=vif', () => {
    const [first, second] = readClean(
      hvmConfig(`vif = ['type=vif,bridge=b', 'type=ioemu,model=e1000,bridge=b']`),
    ).interfaces;
    expect([first?.model, second?.model]).to.deep.equal(['netfront', 'e1000']);
  });

  describe('have a rate', () => {
    for (const [rate, kBps] of [
      ['100KB/s', 100],
      ['1MB/s', 1000],
      ['1GB/s', 1_000_000],
      ['8Kb/s', 1],
      ['10Mb/s', 1250],
      ['1Gb/s', 125_000],
      ['2000B/s', 2],
      ['8000b/s', 1],
    ] as const) {
      it(`of ${rate}, converted to ${kBps} kilobytes per second`, () => {
        expect(one(`rate=${rate}`)).to.deep.equal(nic({ outboundKBps: kBps }));
      });
    }

    for (const rate of ['5B/s', '1Kb/s', '1MB/s@20ms', '100KB/s@50us', '1KB/s@1s']) {
      it(`of ${rate}, which libvirt cannot express and which is preserved`, () => {
        expect(one(`rate=${rate}`)).to.deep.equal(nic({ xlParameters: [`rate=${rate}`] }));
      });
    }

    for (const rate of ['10', 'x', '1gb/s', '-1KB/s', '1KB', '1 KB/s']) {
      it(`but reject ${rate}`, () => {
        expect(read(config(`rate=${rate}`)).found).to.deep.equal([`value-invalid: rate=${rate}`]);
      });
    }
  });

  for (const parameter of [
    'mtu=0',
    'gatewaydev=eth0',
    'trusted',
    'untrusted',
    'devid=5',
    'colo_checkpoint_host=h',
  ]) {
    it(`preserve ${parameter}, which only xl has`, () => {
      expect(one(parameter)).to.deep.equal(nic({ xlParameters: [parameter] }));
    });
  }

  it('report parameters that xl does not support', () => {
    for (const entry of [
      'foo',
      'foo=1',
      'MAC=00:16:3e:00:00:01',
      'mac = 00:16:3e:00:00:01',
      'trusted=1',
      'type=foo',
    ]) {
      expect(read(config(`bridge=b,${entry}`)).found, entry).to.deep.equal([`xl-ignored: ${entry}`]);
    }
  });

  it('reject an invalid address', () => {
    for (const mac of ['zz', '00:16:3e:00:00', '00:16:3e:00:00:001', '00:16:3e:00:00:0g']) {
      expect(read(config(`mac=${mac}`)).found).to.deep.equal([`value-invalid: mac=${mac}`]);
    }
  });

  it('reject a multicast address, as libvirt does', () => {
    const source = config('mac=01:16:3e:00:00:01');
    const { output } = convert(source);
    expect(output).to.equal(undefined);
  });
});

describe('interfaces written to an xl.cfg', () => {
  const written = (inside: string, type = 'bridge', networks = {}): ReturnType<typeof settingsOf> =>
    settingsOf(hvmXml(`<interface type='${type}'>${inside}</interface>`), { networks });

  it('on a bridge have its script, with the addresses before it', () => {
    const { settings, found } = written(
      `<mac address='00:16:3E:00:00:01'/><source bridge='br0'/><ip address='10.0.0.1' family='ipv4'/><target dev='v0'/><model type='e1000'/>`,
    );
    expect(settings['vif']).to.equal(
      '[ "mac=00:16:3e:00:00:01,bridge=br0,ip=10.0.0.1,script=vif-bridge,model=e1000,vifname=v0" ]',
    );
    expect(found).to.deep.equal([]);
  });

  it('with a script have the addresses after it', () => {
    expect(
      written(`<script path='vif-route'/><ip address='10.0.0.1'/><ip address='::1'/>`, 'ethernet').settings[
        'vif'
      ],
    ).to.equal('[ "script=vif-route,ip=10.0.0.1 ::1" ]');
  });

  it('that are paravirtual have type=vif in an HVM guest', () => {
    expect(written(`<source bridge='b'/><model type='netfront'/>`).settings['vif']).to.equal(
      '[ "bridge=b,script=vif-bridge,type=vif" ]',
    );
    const pv = pvXml(`<interface type='bridge'><source bridge='b'/><model type='netfront'/></interface>`);
    expect(settingsOf(pv).settings['vif']).to.equal('[ "bridge=b,script=vif-bridge,model=netfront" ]');
  });

  it('have the outbound rate', () => {
    const { settings, found } = written(
      `<source bridge='b'/><bandwidth><inbound average='5'/><outbound average='100' peak='200'/></bandwidth>`,
    );
    expect(settings['vif']).to.equal('[ "bridge=b,script=vif-bridge,rate=100KB/s" ]');
    expect(found).to.deep.equal([`unsupported: <inbound average='5'/>`, `unsupported: peak='200'`]);
  });

  it('on a network have the bridge that the caller specifies for it', () => {
    const { settings, found } = written(`<source network='n'/>`, 'network', { n: 'virbr7' });
    expect([settings['vif'], found]).to.deep.equal(['[ "bridge=virbr7,script=vif-bridge" ]', []]);
  });

  it('on a network whose bridge is unknown are rejected, with both ways out: they would be in another network', () => {
    for (const name of ['n', 'constructor', '__proto__']) {
      const xml = hvmXml(`<interface type='network'><source network='${name}'/></interface>`);
      const { output, diagnostics } = convert(xml, { networks: { other: 'br' } });
      expect(output).to.equal(undefined);
      const [error] = diagnostics.filter(({ severity }) => severity === 'error');
      expect(error?.code).to.equal('device-unsupported');
      expect(error?.remedy).to.deep.equal({ option: 'networks', value: name });
      expect(error?.drop).to.equal('interface:network');
    }
  });

  it("on the network that libvirt installs have its bridge, with a warning, and not one of the host's network", () => {
    const { settings, found } = written(`<source network='default'/>`, 'network');
    expect([settings['vif'], found]).to.deep.equal([
      '[ "bridge=virbr0,script=vif-bridge" ]',
      [`network-bridge: <source network='default'/>`],
    ]);
  });

  it('on a network of Open vSwitch are in its VLAN', () => {
    const port = `<virtualport type='openvswitch'/><vlan><tag id='5'/></vlan>`;
    const { settings, found } = written(`<source network='n'/>${port}`, 'network', { n: 'ovs0' });
    expect([settings['vif'], found]).to.deep.equal(['[ "bridge=ovs0.5,script=vif-openvswitch" ]', []]);
  });

  it('tell that the VLAN of a port group is lost', () => {
    const { found } = written(`<source network='n' portgroup='p'/>`, 'network', { n: 'br0' });
    expect(found).to.deep.equal([`unsupported: portgroup='p'`]);
  });

  it("have no warning about what only tunes KVM's cards or is the default", () => {
    const inside =
      `<source bridge='b'/><model type='virtio'/><port isolated='no'/><coalesce/>` +
      `<driver name='vhost' txmode='iothread' ioeventfd='on' queues='4' rx_queue_size='512' packed='on'/>`;
    expect(written(inside).found).to.deep.equal([]);
  });

  it('have a warning about offloads and isolation, which Xen does not have', () => {
    const inside = `<source bridge='b'/><driver><host csum='off'/></driver><port isolated='yes'/>`;
    expect(written(inside).found).to.deep.equal([
      'unsupported: <driver>',
      "unsupported: <port isolated='yes'/>",
    ]);
  });

  it('omit a name that libvirt generated', () => {
    for (const dev of ['vif5.0', 'vif5.0-emu', 'vnet3']) {
      expect(written(`<source bridge='b'/><target dev='${dev}'/>`).settings['vif']).not.to.include('vifname');
    }
  });

  it('of a type that xl does not support are rejected', () => {
    for (const type of [
      'user',
      'direct',
      'vhostuser',
      'server',
      'client',
      'mcast',
      'udp',
      'internal',
      'vdpa',
    ]) {
      expect(written('', type).found, type).to.deep.equal([`device-unsupported: <interface type='${type}'>`]);
    }
  });

  it('without a source are rejected', () => {
    expect(written('').found).to.deep.equal([`value-missing: <interface type='bridge'>`]);
    expect(written(`<source bridge=''/>`).found).to.deep.equal([`value-missing: <source bridge=''/>`]);
    expect(written('<source/>', 'network').found).to.deep.equal(['value-missing: <source/>']);
  });

  it('with an invalid MAC address are rejected', () => {
    for (const address of ['zz', '01:16:3e:00:00:01', '00:16:3e:00:00']) {
      expect(written(`<mac address='${address}'/><source bridge='b'/>`).found).to.deep.equal([
        `value-invalid: address='${address}'`,
      ]);
    }
  });

  it('with a comma in a value are rejected: it would start another parameter', () => {
    for (const inside of [
      `<source bridge='b,script=/evil'/>`,
      `<source bridge='b'/><script path='s,mac=x'/>`,
      `<source bridge='b'/><target dev='v,script=/evil'/>`,
      `<source bridge='b'/><model type='e1000,script=/evil'/>`,
      `<source bridge='b'/><ip address='1,script=/evil'/>`,
    ]) {
      const { settings, found } = written(inside);
      expect(settings['vif'], inside).to.equal(undefined);
      expect(found).to.deep.equal([`xl-unrepresentable: <interface type='bridge'>`]);
    }
  });

  it('in a VLAN of a bridge that is not Open vSwitch are rejected: they would be in another network', () => {
    const { found } = written(`<source bridge='br0'/><vlan><tag id='4'/></vlan>`, 'bridge');
    expect(found).to.deep.equal(['device-unsupported: <vlan>']);
  });

  it('on a bridge whose name would be parsed as one with VLANs are rejected', () => {
    expect(written(`<source bridge='br0:5'/>`).found).to.deep.equal([
      `xl-unrepresentable: <source bridge='br0:5'/>`,
    ]);
    const ofNetwork = `<source network='lan' bridge='br0:5'/>`;
    expect(written(ofNetwork, 'network').found).to.include(`xl-unrepresentable: ${ofNetwork}`);
    expect(written(`<source bridge='br0.5'/>`).settings['vif']).to.equal(
      '[ "bridge=br0.5,script=vif-bridge" ]',
    );
  });
});

describe("a network card 'netfront' of an HVM guest", () => {
  it('is read as type=vif with a warning: QEMU rejects it', () => {
    const source = hvmConfig('vif = [ "bridge=b,model=netfront" ]');
    const { domain, found } = read(source);
    expect(domain.interfaces[0]?.model).to.equal('netfront');
    expect(found).to.deep.equal(['xl-nonstandard-syntax: model=netfront']);
    const back = convert(convert(source).output ?? '').output ?? '';
    expect(back).to.include('vif = [ "bridge=b,script=vif-bridge,type=vif" ]');
    expect(read(back).found).to.deep.equal([]);
    expect(readClean(pvConfig('vif = [ "bridge=b,model=netfront" ]')).interfaces).to.have.length(1);
  });
});

describe('an emulated network card', () => {
  it('is rejected in a PV or PVH guest, as libxl rejects it', () => {
    for (const type of ['', 'type = "pvh"']) {
      const { output, diagnostics } = convert(pvConfig(type, 'vif = [ "type=ioemu,bridge=br0" ]'));
      expect(output).to.equal(undefined);
      expect(diagnostics.map(({ code }) => code)).to.include('value-invalid');
    }
    expect(convert(hvmConfig('vif = [ "type=ioemu,bridge=br0" ]')).output).not.to.equal(undefined);
  });
});

describe('a script of KVM', () => {
  const scripts = [
    "<script path='/etc/qemu-ifup'/>",
    "<script path='qemu-ifup'/><downscript path='/etc/qemu-ifdown'/>",
    "<script path='/opt/vif-scripts/up'/>",
  ];

  it('is reported and not given to Xen, which would call it as root with other arguments', () => {
    for (const script of scripts) {
      const xml = kvmXml(`<interface type='bridge'><source bridge='br0'/>${script}</interface>`);
      const { settings, found } = settingsOf(xml);
      expect(settings['vif'], script).to.equal('[ "bridge=br0,script=vif-bridge" ]');
      expect(
        found.every((text) => text.startsWith('unsupported')),
        script,
      ).to.equal(true);
      const { output = '', diagnostics } = adapt(xml);
      expect(output, script).not.to.include('script');
      expect(diagnostics.filter(({ severity }) => severity === 'warning')).to.have.length(found.length);
    }
  });

  it('does not connect an interface of type ethernet: that needs a bridge, in convert and adapt', () => {
    for (const script of scripts) {
      const xml = kvmXml(`<interface type='ethernet'>${script}</interface>`);
      for (const run of [convert, adapt]) {
        expect(run(xml).output, script).to.equal(undefined);
        const { output = '' } = run(xml, { networks: { ethernet: 'br7' } });
        expect(output).to.include('br7').and.not.include('qemu');
      }
    }
  });

  it('that is empty is none', () => {
    const xml = kvmXml("<interface type='bridge'><source bridge='br0'/><script path=''/></interface>");
    expect(settingsOf(xml)).to.deep.include({ found: [] });
    const { output = '', diagnostics } = adapt(xml);
    expect(output).not.to.include('script');
    expect(diagnostics.filter(({ severity }) => severity !== 'info')).to.deep.equal([]);
  });

  it('is no script of Xen either way: adapted to KVM, a domain has none of Xen', () => {
    for (const path of ['vif-route-qubes', '/usr/local/bin/connect']) {
      const xml = hvmXml(`<interface type='ethernet'><script path='${path}'/></interface>`);
      const { output = '', diagnostics } = adapt(xml, { to: 'kvm' });
      expect(output).not.to.include('script');
      expect(diagnostics.map(({ code }) => code)).to.include('unsupported');
    }
    const kvm = kvmXml("<interface type='ethernet'><script path='/etc/qemu-ifup'/></interface>");
    expect(adapt(kvm, { to: 'kvm' }).output).to.equal(kvm);
  });
});

describe('an ethernet interface of KVM without a script', () => {
  const xml = kvmXml("<interface type='ethernet'><target dev='tap0'/></interface>");

  it('is an error in convert and adapt, with a remedy', () => {
    for (const { output, diagnostics } of [convert(xml), adapt(xml)]) {
      expect(output).to.equal(undefined);
      const [error] = diagnostics.filter(({ severity }) => severity === 'error');
      expect(error?.code).to.equal('device-unsupported');
      expect(error?.remedy).to.deep.equal({ option: 'networks', value: 'ethernet' });
    }
  });

  it('is on the bridge that the caller specifies for it', () => {
    const options = { networks: { ethernet: 'br7' } };
    expect(settingsOf(xml, options).settings['vif']).to.include('bridge=br7');
    expect(adapt(xml, options).output).to.include("<interface type='bridge'>").and.include("bridge='br7'");
  });

  it('is not on the bridge of a network that has the name of the type', () => {
    const named = xml.replace(
      '</devices>',
      "<interface type='network'><source network='ethernet'/></interface></devices>",
    );
    const options = { networks: { ethernet: 'br7' } };
    for (const { output } of [convert(named, options), adapt(named, options)])
      expect(output).to.equal(undefined);
  });

  it('keeps a script of Xen', () => {
    const scripted = kvmXml(
      "<interface type='ethernet'><script path='/etc/xen/scripts/vif-route'/></interface>",
    );
    expect(settingsOf(scripted).settings['vif']).to.include('script=/etc/xen/scripts/vif-route');
    expect(adapt(scripted).output).to.include("<interface type='ethernet'>");
  });
});

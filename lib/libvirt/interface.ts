import type { Report } from '../diagnostics/diagnostic.js';
import { derive, originOf, withOrigin } from '../diagnostics/origin.js';
import { omitUndefined } from '../language/omit-undefined.js';
import {
  generatedDevice,
  isUnicast,
  usualScript,
  type Interface,
  type InterfaceSource,
  type OpenvswitchPort,
} from '../model/interface.js';
import type { XmlDescriptor } from './descriptor.js';
import { reportXlOnly } from './from-metadata.js';
import { isDriverOfKvm, isHostdevInterface, ownDriver } from './hostdev.js';
import { checkSchema, deviceName, filePath, modelName } from './schema.js';
import type { XmlElement } from './xml/element.js';
import { element, textElement, type XmlTree } from './xml/tree.js';

/** Reads an <interface>. A type that Xen does not support is an error. */
export function readInterface(nic: XmlElement, report: Report): Interface | undefined {
  const source = readSource(nic, report);
  const mac = readMac(nic, report);
  checkVlan(nic, report);
  const device = nic.child('target')?.attribute('dev');
  const outbound = readOutbound(nic, report);
  const model = nic.child('model')?.attribute('type');
  const hotplug = nic.child('script');
  // libvirt treats an empty path as none.
  const path = hotplug?.attribute('path') || undefined;
  // The default script of a bridge is omitted.
  const script = source?.kind === 'bridge' && path === usualScript(source) ? undefined : path;
  const [mtu, backendDomain] = [readMtu(nic, report), nic.child('backenddomain')?.attribute('name')];
  // Addresses of type 'user' are assigned by QEMU's own network stack.
  const addresses = (source?.kind === 'user' ? [] : nic.all('ip')).flatMap((ip) => {
    ip.attribute('family');
    const [address, prefix] = [ip.attribute('address'), ip.attribute('prefix')];
    return address === undefined ? [] : prefix === undefined ? address : `${address}/${prefix}`;
  });
  if (!source) return undefined;
  return withOrigin<Interface>(
    omitUndefined({
      source,
      mac,
      model,
      script,
      device: device && !generatedDevice.test(device) ? device : undefined,
      addresses,
      outboundKBps: outbound,
      mtu,
      backendDomain,
    }),
    nic.tagSpan,
    { source: nic.peekChild('source')?.tagSpan, script: hotplug?.tagSpan },
  );
}

function readSource(nic: XmlElement, report: Report): InterfaceSource | undefined {
  const type = nic.attribute('type');
  const source = nic.child('source');
  const need = (name: string): string | undefined => {
    const value = source?.attribute(name);
    if (value !== undefined && value !== '') return value;
    report.add('value-missing', `the interface has no <source ${name}='...'/>`, (source ?? nic).tagSpan);
    return undefined;
  };
  switch (type) {
    case 'bridge': {
      const bridge = need('bridge');
      const openvswitch = readOpenvswitch(nic);
      return bridge === undefined ? undefined : omitUndefined({ kind: 'bridge', bridge, openvswitch });
    }
    case 'network': {
      const network = need('network');
      const [bridge, openvswitch] = [source?.attribute('bridge') || undefined, readOpenvswitch(nic)];
      return network === undefined
        ? undefined
        : omitUndefined({ kind: 'network', network, bridge, openvswitch });
    }
    case 'ethernet':
      return { kind: 'ethernet' };
    case 'user':
      if (source) {
        const message = "<source> omitted: it is the interface that KVM's network stack uses";
        report.add('implied', message, source.tagSpan);
        source.markAllRead();
      }
      return { kind: 'user' };
    default: {
      const what =
        type === undefined ? 'the interface has no type' : `xl has no network interface of type '${type}'`;
      report.add(
        'device-unsupported',
        what,
        nic.tagSpan,
        'Xen connects interfaces to bridges, or with a script',
      );
      return undefined;
    }
  }
}

const isOnOpenvswitch = (nic: XmlElement): boolean =>
  nic.children.some((child) => child.name === 'virtualport' && child.peek('type') === 'openvswitch');

/**
 * VLANs require Open vSwitch: libvirt's Xen driver rejects VLANs of any other bridge, and xl would connect the
 * guest to another network. The VLAN of a virtual function is set by the host (hostdev.ts).
 */
export function checkVlan(nic: XmlElement, report: Report): void {
  const vlan = nic.peekChild('vlan');
  if (!vlan || nic.peek('type') === 'hostdev' || isOnOpenvswitch(nic)) return;
  const hint = 'use a bridge of Open vSwitch, or one that is in the VLAN itself';
  report.add('device-unsupported', 'Xen supports VLANs on Open vSwitch only', vlan.tagSpan, hint);
  vlan.markAllRead();
}

function readOpenvswitch(nic: XmlElement): OpenvswitchPort | undefined {
  const port = nic.peekChild('virtualport');
  if (!port || !isOnOpenvswitch(nic)) return undefined;
  port.markRead().attribute('type');
  const vlan = nic.child('vlan');
  const vlans = (vlan?.all('tag') ?? []).flatMap((tag) => {
    const id = tag.attribute('id');
    return id !== undefined && /^[0-9]{1,4}$/.test(id) ? [Number(id)] : [];
  });
  const isTrunk = vlan?.attribute('trunk') === 'yes' || vlans.length > 1;
  return { mode: isTrunk && vlans.length > 0 ? 'trunk' : 'access', vlans };
}

function readMtu(nic: XmlElement, report: Report): number | undefined {
  const mtu = nic.child('mtu');
  const size = mtu?.attribute('size');
  if (!mtu || size === undefined) return undefined;
  if (/^[1-9][0-9]{0,4}$/.test(size)) return Number(size);
  report.add('value-invalid', `'${size}' is not a valid MTU`, mtu.attributeSpan('size'));
  return undefined;
}

function readMac(nic: XmlElement, report: Report): string | undefined {
  const mac = nic.child('mac');
  const address = mac?.attribute('address')?.toLowerCase();
  if (!mac || address === undefined) return undefined;
  if (/^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(address)) {
    if (isUnicast(address)) return address;
    report.add(
      'value-invalid',
      `${address} is a multicast address, which is not valid for an interface`,
      mac.attributeSpan('address'),
    );
  } else {
    report.add('value-invalid', `'${address}' is not a MAC address`, mac.attributeSpan('address'));
  }
  return undefined;
}

/** xl has one rate, that of outbound traffic: the average of <outbound>. */
function readOutbound(nic: XmlElement, report: Report): number | undefined {
  const outbound = nic.child('bandwidth')?.child('outbound');
  const average = outbound?.attribute('average');
  if (!outbound || average === undefined) return undefined;
  if (/^[1-9][0-9]{0,9}$/.test(average)) return Number(average);
  report.add(
    'value-invalid',
    `'${average}' is not a rate in kilobytes a second`,
    outbound.attributeSpan('average'),
  );
  return undefined;
}

/** Writes an <interface> in libvirt's order. */
export function writeInterface(nic: Interface): XmlTree {
  const { source, mac, script, device, model, outboundKBps, mtu, backendDomain } = nic;
  return element('interface', { type: source.kind }, [
    mac === undefined ? undefined : element('mac', { address: mac }),
    source.kind === 'bridge' && !source.isUnnamed ? element('source', { bridge: source.bridge }) : undefined,
    source.kind === 'network'
      ? element('source', { network: source.network, bridge: source.bridge })
      : undefined,
    ...('openvswitch' in source ? writeOpenvswitch(source.openvswitch) : []),
    outboundKBps === undefined
      ? undefined
      : element('bandwidth', {}, [element('outbound', { average: outboundKBps })]),
    ...nic.addresses.map((text) => {
      const [address, prefix] = text.split('/', 2);
      return element('ip', { address, family: text.includes(':') ? 'ipv6' : 'ipv4', prefix });
    }),
    script === undefined ? undefined : element('script', { path: script }),
    backendDomain === undefined ? undefined : element('backenddomain', { name: backendDomain }),
    device === undefined ? undefined : element('target', { dev: device }),
    model === undefined ? undefined : element('model', { type: model }),
    mtu === undefined ? undefined : element('mtu', { size: mtu }),
  ]);
}

function writeOpenvswitch({ mode, vlans }: OpenvswitchPort): readonly XmlTree[] {
  const virtualport = element('virtualport', { type: 'openvswitch' });
  if (vlans.length === 0) return [virtualport];
  const tags = vlans.map((id) => element('tag', { id }));
  return [element('vlan', { trunk: mode === 'trunk' ? 'yes' : undefined }, tags), virtualport];
}

/** Reports what libvirt cannot express of an interface. */
function checkInterface(nic: Interface, index: number, report: Report): void {
  const { source, model, script, device } = nic;
  const place = originOf(nic);
  const bridge = 'bridge' in source ? source.bridge : undefined;
  reportXlOnly(`interface ${index + 1}`, nic.xlParameters, place, report);
  checkSchema('the model of an interface', model, modelName, place, report);
  checkSchema('the script of an interface', script, filePath, place, report);
  checkSchema("an interface's name in the host", device, deviceName, place, report);
  if (!('isUnnamed' in source)) checkSchema('a bridge', bridge, deviceName, place, report);
}

export const interfaces: XmlDescriptor<'interfaces'> = {
  field: 'interfaces',
  parent: 'devices',
  read: (reader) =>
    reader.readEach(
      reader.all('interface').filter((nic) => !isHostdevInterface(nic)),
      (element, report, place) => {
        const nic = readInterface(element, report);
        const xlParameters = nic && reader.preserved.parameters('interface', 'place', String(place + 1));
        return xlParameters ? derive(nic, { xlParameters }) : nic;
      },
    ),
  check: ({ interfaces }, report) => {
    for (const [index, nic] of interfaces.entries()) checkInterface(nic, index, report);
  },
  write: ({ interfaces }) => interfaces.map(writeInterface),
  preserve: ({ interfaces }) =>
    interfaces.map(({ xlParameters }, index) =>
      textElement('v2x:interface', xlParameters?.join(','), { place: index + 1 }),
    ),
  unsupported: [
    ['devices/interface/source/@portid', 'implied', 'it is the port of a running domain'],
    ['devices/interface/backend', 'implied', 'it is the network stack of the other hypervisor'],
    [
      'devices/interface/source/@macTableManager',
      'implied',
      "it is how libvirt's network learns the addresses of its guests",
    ],
    ['devices/interface/ip', 'implied', "the address is given out by KVM's network stack"],
    ['devices/interface/downscript', 'unsupported', "it is a script for KVM's tap devices"],
    ['devices/interface/target/@managed', 'implied', "Xen creates the host's device itself"],
    [
      'devices/interface/source/@portgroup',
      'unsupported',
      "its VLAN and limits are settings of libvirt's network, which xl does not know",
    ],
    ['devices/interface/driver', 'unsupported', 'xl cannot set the offloads of a network card'],
    ['devices/interface/coalesce', 'unsupported', 'xl cannot set how a network card merges interrupts'],
    ['devices/interface/port', 'unsupported', 'xl cannot isolate a guest from others on its bridge'],
    [
      'devices/interface/virtualport',
      'unsupported',
      'Xen connects an interface to a Linux bridge or to Open vSwitch',
    ],
    ['devices/interface/virtualport/*', 'unsupported', 'xl sets no ID or profile of a port of Open vSwitch'],
    ['devices/interface/portForward', 'unsupported', 'xl forwards no ports: the guest is on a bridge'],
    ['devices/interface/link', 'unsupported', 'xl cannot set the link state'],
    ['devices/interface/rom', 'unsupported', 'xl cannot choose the boot ROM of a network card'],
    [
      'devices/interface/filterref',
      'unsupported',
      'xl has no network filters: the guest may use any address',
      'rejected',
    ],
    [
      'devices/interface/bandwidth/inbound',
      'unsupported',
      'xl limits what a guest sends, not what it receives',
    ],
    ['devices/interface/bandwidth/outbound/@*', 'unsupported', 'xl supports the average rate only'],
  ],
  adapt: [
    {
      path: 'devices/interface/driver',
      driver: 'rejects',
      when: (driver) => driver.parent?.peek('type') === 'hostdev' && isDriverOfKvm(driver),
      because: ownDriver,
    },
  ],
};

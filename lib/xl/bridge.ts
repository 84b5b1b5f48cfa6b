import type { Advice, Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import type { Span } from '../diagnostics/span.js';
import type { FormatOptions } from '../document/options.js';
import {
  defaultBridge,
  type Interface,
  type InterfaceSource,
  type OpenvswitchPort,
} from '../model/interface.js';

/** Such as vif-openvswitch, or a custom vif-ovs-2. */
const openvswitchScript = /openvswitch|ovs/;
const bridgeScripts: readonly string[] = ['vif-bridge', 'vif-vnic'];

/** libvirt's rule: a bridge, or a script that requires one; the script determines which one. */
export function sourceOf(bridge: string | undefined, script: string | undefined): InterfaceSource {
  if (bridge !== undefined) return readBridge(bridge, script);
  if (script !== undefined && bridgeScripts.includes(script))
    return { kind: 'bridge', bridge: defaultBridge };
  return { kind: 'ethernet' };
}

/** libvirt's converter copies an empty bridge, and has none where the script wants one (xenParseVif). */
export function libvirtsSourceOf(
  bridge: string | undefined,
  script: string | undefined,
  span: Span,
  report: Report,
): InterfaceSource {
  const source = sourceOf(bridge, script);
  if (bridge === '' || source.kind !== 'bridge' || bridge !== undefined) return source;
  const message = "bridge not specified: libvirt's converter writes none, and libvirt rejects the XML";
  report.add('profile-libvirt', message, span, `add bridge=${defaultBridge}`);
  return { kind: 'bridge', bridge: '', isUnnamed: true };
}

/**
 * NAME.VLAN or NAME:VLAN:VLAN... is the syntax of vif-openvswitch. The name of a Linux bridge can contain a dot,
 * but not a colon.
 */
function readBridge(text: string, script: string | undefined): InterfaceSource {
  const plain: InterfaceSource = { kind: 'bridge', bridge: text };
  const isNamed = script !== undefined && openvswitchScript.test(script);
  const [, bridge, vlan, tags = ''] = /^([^.:]+)(?:\.([0-9]{1,4})|((?::[0-9]{1,4})*))$/.exec(text) ?? [];
  if (bridge === undefined || (!isNamed && tags === '')) return plain;
  const vlans = vlan === undefined ? tags.split(':').slice(1) : [vlan];
  const mode = tags === '' ? 'access' : 'trunk';
  return { ...plain, bridge, openvswitch: { mode, vlans: vlans.map(Number) } };
}

/** Reports the name of a bridge that would be parsed as one of Open vSwitch with VLANs. */
function refuseVlanName(bridge: string, nic: Interface, report: Report): void {
  const read = readBridge(bridge, nic.script);
  if (read.kind !== 'bridge' || read.openvswitch === undefined) return;
  const message = `bridge name '${bridge}' would be read as a bridge of Open vSwitch with VLANs`;
  report.add('xl-unrepresentable', message, originOf(nic, 'source'));
}

const formatBridge = (bridge: string, { mode, vlans }: OpenvswitchPort): string =>
  [bridge, ...vlans].join(mode === 'access' ? '.' : ':');

/** The network that libvirt installs (src/network/default.xml.in): guests on it are behind NAT. */
const defaultNetwork = { name: 'default', bridge: 'virbr0' } as const;

/**
 * The bridge of an interface, as xl writes it. One that is not known is an error: on any other bridge, the guest would
 * be in another network than before.
 */
export function bridgeOf(
  source: Exclude<InterfaceSource, { readonly kind: 'ethernet' | 'user' }>,
  nic: Interface,
  report: Report,
  options: FormatOptions,
): string {
  const bridge = nameOf(source, nic, report, options);
  const { openvswitch } = source;
  if (!openvswitch) {
    refuseVlanName(bridge, nic, report);
    return bridge;
  }
  if (/[.:]/.test(bridge)) {
    const message = `vif-openvswitch would read a part of the bridge name '${bridge}' as a VLAN`;
    report.add('xl-unrepresentable', message, originOf(nic, 'source'));
  }
  return formatBridge(bridge, openvswitch);
}

function nameOf(
  source: Exclude<InterfaceSource, { readonly kind: 'ethernet' | 'user' }>,
  nic: Interface,
  report: Report,
  options: FormatOptions,
): string {
  if (source.kind === 'bridge') return source.bridge;
  const { network, bridge } = source;
  const known =
    options.networks && Object.hasOwn(options.networks, network) ? options.networks[network] : undefined;
  if (known !== undefined) return known;
  if (bridge !== undefined) {
    report.add(
      'converted',
      `network '${network}' converted to its bridge ${bridge}`,
      originOf(nic, 'source'),
    );
    return bridge;
  }
  const advice: Advice = {
    hint: 'specify the bridge of the network',
    remedy: { option: 'networks', value: network },
  };
  if (network === defaultNetwork.name) {
    const message = `bridge of network '${network}' unknown; ${defaultNetwork.bridge}, which libvirt gives it, written`;
    report.add('network-bridge', message, originOf(nic, 'source'), advice);
  } else {
    report.add(
      'device-unsupported',
      `bridge of network '${network}' unknown`,
      originOf(nic, 'source'),
      advice,
    );
  }
  return defaultNetwork.bridge;
}

import type { Report } from '../diagnostics/diagnostic.js';
import { derive, originOf } from '../diagnostics/origin.js';
import type { Span } from '../diagnostics/span.js';
import type { HostOptions } from '../document/options.js';
import type { Domain } from '../model/domain.js';
import { defaultBridge, type Interface } from '../model/interface.js';

/** The NIC model on Xen: virtio is converted to netfront; Xen's QEMU supports the emulated ones except e1000e. */
export const xenNicModel = (model: string): string =>
  model.startsWith('virtio') ? 'netfront' : model === 'e1000e' ? 'e1000' : model;

/** For the diagnostic of a conversion. */
export const nicModelMessage = (from: string, to: string): string =>
  `NIC model '${from}' converted to ${to === 'netfront' ? 'Xen netfront' : `'${to}'`}`;

/** The name in `networks` that also means the interfaces of type 'user'. */
const userNetwork = 'user';

/**
 * The options with the bridge for interfaces of type 'user' in its own place: `user` among the networks means them
 * only in a document that has no network of that name.
 * @param networks of the document's interfaces
 */
export function withUserBridge(host: HostOptions, networks: readonly (string | undefined)[]): HostOptions {
  const { userBridge, networks: bridges } = host;
  if (userBridge !== undefined || !bridges || !Object.hasOwn(bridges, userNetwork)) return host;
  return networks.includes(userNetwork) ? host : { ...host, userBridge: bridges[userNetwork] };
}

/** Types of interface that no bridge of the host has a part in: on Xen they would be more connected than before. */
export type Unbridged = 'user' | 'ethernet';

/** Why, by type. libxl_nic.c (libxl__device_nic_setdefault): without a bridge, a card is on xenbr0. */
const unbridged: Readonly<Record<Unbridged, string>> = {
  user: "Xen has no network interfaces of type 'user'",
  ethernet: `an interface of type 'ethernet' needs a script on Xen: without one, libxl connects it to the bridge ${defaultBridge}`,
};

/**
 * The bridge for the interfaces of such a type, which the administrator has to name: behind QEMU's own network stack, or
 * on a device that nothing else uses, no other host reaches the guest; on a bridge they do.
 * @returns nothing if none is named, which is reported
 */
export function bridgeOfUnbridged(
  type: Unbridged,
  { networks, userBridge }: HostOptions,
  report: Report,
  place: Span | undefined,
): string | undefined {
  const named = networks && Object.hasOwn(networks, type) ? networks[type] : undefined;
  const bridge = type === 'user' ? userBridge : named;
  if (bridge === undefined) {
    report.add('device-unsupported', unbridged[type], place, {
      hint: 'specify a bridge for them',
      remedy: type === 'user' ? { option: 'userBridge' } : { option: 'networks', value: type },
    });
    return undefined;
  }
  const message = `interface type '${type}' converted to bridge ${bridge}: other hosts of its network can reach the guest`;
  report.add('converted', message, place);
  return bridge;
}

export function interfaceToXen(
  nic: Interface,
  hypervisor: Domain['hypervisor'],
  host: HostOptions,
  report: Report,
): Interface {
  return modelToXen(sourceToXen(nic, hypervisor, host, report), hypervisor, report);
}

function sourceToXen(
  nic: Interface,
  hypervisor: Domain['hypervisor'],
  host: HostOptions,
  report: Report,
): Interface {
  const { kind } = nic.source;
  const isAlone = kind === 'ethernet' && !nic.script && hypervisor === 'kvm';
  if (kind !== 'user' && !isAlone) return nic;
  const bridge = bridgeOfUnbridged(kind, host, report, originOf(nic));
  return bridge === undefined
    ? nic
    : derive<Interface>(nic, { source: { kind: 'bridge', bridge }, script: undefined });
}

function modelToXen(nic: Interface, hypervisor: Domain['hypervisor'], report: Report): Interface {
  const { model } = nic;
  if (hypervisor !== 'kvm' || model === undefined) return nic;
  const converted = xenNicModel(model);
  if (converted === model) return nic;
  report.add('converted', nicModelMessage(model, converted), originOf(nic));
  return derive(nic, { model: converted });
}

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

/** Types of interface that no bridge of the host has a part in: on Xen they would be more connected than before. */
export type Unbridged = 'user' | 'ethernet';

/**
 * The type of an interface that is unbridged.
 * @param hasScript a script of Xen may connect an interface of type 'ethernet'
 */
export function unbridgedType(type: string, hasScript: boolean, kvm: boolean): Unbridged | undefined {
  if (type === 'user') return type;
  return type === 'ethernet' && kvm && !hasScript ? type : undefined;
}

/**
 * Whether a script in the XML of a KVM domain is one of Xen. QEMU calls its own with the name of a tap device; Xen calls
 * one with `online` or `offline` and a path of xenstore, as root.
 */
export const isXenScript = (path: string): boolean => /^(?:.*\/)?vif-[^/]+$/.test(path);

/** Why another script is omitted. */
export const kvmScriptReason =
  "it is a script for KVM's tap devices, and Xen would call it with other arguments";

/** The bridges that the administrator has named for them. */
export type UnbridgedBridges = Readonly<Record<Unbridged, string | undefined>>;

/**
 * A type among the networks means the interfaces of that type, unless the document has a network of that name.
 * @param given the networks of the document's interfaces
 */
export function bridgesOfUnbridged(
  { networks = {}, userBridge }: HostOptions,
  given: readonly (string | undefined)[],
): UnbridgedBridges {
  const named = (type: Unbridged): string | undefined =>
    Object.hasOwn(networks, type) && !given.includes(type) ? networks[type] : undefined;
  return { user: userBridge ?? named('user'), ethernet: named('ethernet') };
}

/** Why, by type. libxl_nic.c (libxl__device_nic_setdefault): without a bridge, a card is on xenbr0. */
const unbridged: Readonly<Record<Unbridged, string>> = {
  user: "Xen has no network interfaces of type 'user'",
  ethernet: `an interface of type 'ethernet' needs a script of Xen: without one, libxl connects it to the bridge ${defaultBridge}`,
};

/**
 * The bridge for the interfaces of such a type, which the administrator has to name: behind QEMU's own network stack, or
 * on a device that nothing else uses, no other host reaches the guest; on a bridge they do.
 * @returns nothing if none is named, which is reported
 */
export function bridgeOfUnbridged(
  type: Unbridged,
  bridges: UnbridgedBridges,
  report: Report,
  place: Span | undefined,
): string | undefined {
  const bridge = bridges[type];
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
  bridges: UnbridgedBridges,
  report: Report,
): Interface {
  return modelToXen(
    sourceToXen(withoutKvmScript(nic, hypervisor, report), hypervisor, bridges, report),
    hypervisor,
    report,
  );
}

function withoutKvmScript(nic: Interface, hypervisor: Domain['hypervisor'], report: Report): Interface {
  const { script } = nic;
  if (hypervisor !== 'kvm' || script === undefined || isXenScript(script)) return nic;
  report.add('unsupported', `script '${script}' omitted: ${kvmScriptReason}`, originOf(nic, 'script'));
  return derive(nic, { script: undefined });
}

function sourceToXen(
  nic: Interface,
  hypervisor: Domain['hypervisor'],
  bridges: UnbridgedBridges,
  report: Report,
): Interface {
  const type = unbridgedType(nic.source.kind, Boolean(nic.script), hypervisor === 'kvm');
  if (!type) return nic;
  const bridge = bridgeOfUnbridged(type, bridges, report, originOf(nic));
  return bridge === undefined ? nic : derive<Interface>(nic, { source: { kind: 'bridge', bridge } });
}

function modelToXen(nic: Interface, hypervisor: Domain['hypervisor'], report: Report): Interface {
  const { model } = nic;
  if (hypervisor !== 'kvm' || model === undefined) return nic;
  const converted = xenNicModel(model);
  if (converted === model) return nic;
  report.add('converted', nicModelMessage(model, converted), originOf(nic));
  return derive(nic, { model: converted });
}

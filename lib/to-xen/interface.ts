import type { Report } from '../diagnostics/diagnostic.js';
import { derive, originOf } from '../diagnostics/origin.js';
import type { Domain } from '../model/domain.js';
import { defaultBridge, type Interface } from '../model/interface.js';

/** The NIC model on Xen: virtio becomes netfront; of the emulated ones, Xen's QEMU lacks e1000e. */
export const xenNicModel = (model: string): string =>
  model.startsWith('virtio') ? 'netfront' : model === 'e1000e' ? 'e1000' : model;

/** For the diagnostic of a conversion. */
export const nicModelMessage = (from: string, to: string): string =>
  `NIC model '${from}' converted to ${to === 'netfront' ? 'Xen netfront' : `'${to}'`}`;

export function interfaceToXen(nic: Interface, hypervisor: Domain['hypervisor'], report: Report): Interface {
  const { model, source, script } = nic;
  // libxl_nic.c: libxl__device_nic_setdefault. A script of ours that does nothing would have to be on the host.
  if (source.kind === 'ethernet' && script === undefined && hypervisor === 'kvm') {
    const message = `interface without a script: libxl connects it to the bridge ${defaultBridge}`;
    report.add('network-bridge', message, originOf(nic), 'give it a bridge, or a script');
  }
  if (hypervisor !== 'kvm' || model === undefined) return nic;
  const converted = xenNicModel(model);
  if (converted === model) return nic;
  report.add('converted', nicModelMessage(model, converted), originOf(nic));
  return derive(nic, { model: converted });
}

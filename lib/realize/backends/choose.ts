import type { RunningDomain } from '../dom0/domain.js';
import { foreignDeviceModel } from '../dom0/device-model-pid.js';
import { homeOf } from '../keys.js';
import type { Nodes } from '../xenstore/nodes.js';
import { below } from '../xenstore/path.js';
import type { Backend } from './backend.js';
import { deviceModelBackend } from './device-model.js';
import { driverDomainBackend } from './driver-domain.js';
import { loadPlugIn } from './plug-in.js';
import { qemuBackend } from './qemu.js';
import { acceptsChardevs, stubdomainBackend } from './stubdomain.js';

/** The built-in backends, by name. */
export const backends: ReadonlyMap<string, Backend> = new Map(
  [qemuBackend, deviceModelBackend, driverDomainBackend, stubdomainBackend].map((backend) => [
    backend.name,
    backend,
  ]),
);

/**
 * Finds a backend.
 *
 * @param name `auto`, a built-in backend, or the name or path of a module (see loadPlugIn)
 * @param earlier the backend that serves the domain already: `auto` keeps it
 * @throws RealizeError `backend` for a module that cannot be loaded
 */
export async function chooseBackend(
  name: string,
  store: Nodes,
  domain: RunningDomain,
  earlier: string | undefined,
): Promise<Backend> {
  if (name === 'auto') {
    return earlier === undefined ? await detectBackend(store, domain) : await backendCalled(earlier);
  }
  return await backendCalled(name);
}

export async function backendCalled(name: string): Promise<Backend> {
  return backends.get(name) ?? (await loadPlugIn(name));
}

/**
 * Detects the backend from xenstore. A QEMU serves every `ioemu` console of its domain, so if a device model
 * runs in dom0, it must serve the channels. A device model in a stubdomain is in another backend domain and does
 * not conflict with a QEMU in dom0; it is used as long as it accepts chardevs.
 */
async function detectBackend(store: Nodes, domain: RunningDomain): Promise<Backend> {
  const stubdomain = await store.read(below(homeOf(domain.domid), 'image', 'device-model-domid'));
  if (stubdomain !== undefined)
    return (await acceptsChardevs(store, domain)) ? stubdomainBackend : qemuBackend;
  const deviceModel = await foreignDeviceModel(store, domain.domid);
  return deviceModel === undefined ? qemuBackend : deviceModelBackend;
}

import type { RunningDomain } from '../host/domain.js';
import { foreignDeviceModel } from '../host/device-model-pid.js';
import { homeOf } from '../keys.js';
import type { Nodes } from '../xenstore/nodes.js';
import { below } from '../xenstore/path.js';
import type { Backend } from './backend.js';
import { deviceModelBackend } from './device-model.js';
import { driverDomainBackend } from './driver-domain.js';
import { loadPlugIn } from './plug-in.js';
import { qemuBackend } from './qemu.js';
import { canBeTold, stubdomainBackend } from './stubdomain.js';

/** Our own, by the names that `--backend` has for them. */
export const backends: ReadonlyMap<string, Backend> = new Map(
  [qemuBackend, deviceModelBackend, driverDomainBackend, stubdomainBackend].map((backend) => [
    backend.name,
    backend,
  ]),
);

/**
 * Finds a backend.
 *
 * @param name one of ours; `auto`; else the name or path of a module (see loadPlugIn)
 * @param earlier what serves the domain already: `auto` stays with that
 * @throws RealizeError `backend` for a module that cannot be loaded
 */
export async function chooseBackend(
  name: string,
  store: Nodes,
  domain: RunningDomain,
  earlier: string | undefined,
): Promise<Backend> {
  if (name === 'auto') {
    return earlier === undefined ? await suitable(store, domain) : await backendCalled(earlier);
  }
  return await backendCalled(name);
}

export async function backendCalled(name: string): Promise<Backend> {
  return backends.get(name) ?? (await loadPlugIn(name));
}

/**
 * What xenstore says of the domain. A QEMU takes every console of its domain that is one for QEMU: where a
 * device model runs in dom0, it must be that one. One in a stubdomain is in another backend domain, and
 * a QEMU in dom0 does not meet it; but while it can still be told of channels, it is told.
 */
async function suitable(store: Nodes, domain: RunningDomain): Promise<Backend> {
  const stubdomain = await store.read(below(homeOf(domain.domid), 'image', 'device-model-domid'));
  if (stubdomain !== undefined) return (await canBeTold(store, domain)) ? stubdomainBackend : qemuBackend;
  const deviceModel = await foreignDeviceModel(store, domain.domid);
  return deviceModel === undefined ? qemuBackend : deviceModelBackend;
}

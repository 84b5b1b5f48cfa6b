import { argumentsOf } from '../realize/dom0/arguments.js';
import { foreignDeviceModel } from '../realize/dom0/device-model-pid.js';
import type { RunningDomain } from '../realize/dom0/domain.js';
import type { DomId } from '../realize/domid.js';
import { homeOf } from '../realize/keys.js';
import type { Nodes } from '../realize/xenstore/nodes.js';
import { below, xenstorePath, type XenstorePath } from '../realize/xenstore/path.js';
import type { WatchTarget } from '../realize/xenstore/watch.js';

/**
 * Whether libxl has decided who serves the consoles of a domain. It announces a domain before it starts its device model;
 * a QEMU of our own that is started in between would be a second one. libxl writes the type of the domain first, then for
 * a PV or PVH guest the type of the primary console: `ioemu` if it will start a QEMU (libxl_create.c:
 * domcreate_launch_dm), and last the process ID of that QEMU, which then reports that it runs. A domain of another toolstack
 * has no type.
 */
export async function isBuilt(store: Nodes, domid: DomId): Promise<boolean> {
  const type = await store.read(xenstorePath(`/libxl/${domid}/type`));
  if (type === undefined) return true;
  const console = await store.read(below(homeOf(domid), 'console', 'type'));
  if (type !== 'hvm' && console === undefined) return false;
  if (type !== 'hvm' && console !== 'ioemu') return true;
  if ((await store.read(below(homeOf(domid), 'image', 'device-model-domid'))) !== undefined) return true;
  const pid = await foreignDeviceModel(store, domid);
  if (pid === undefined) return false;
  return (await store.read(stateOf(domid))) === 'running' || (await isRestricted(Number(pid), domid));
}

/** The state of a device model in dom0, which it writes when its monitor exists. */
const stateOf = (domid: DomId): XenstorePath => xenstorePath(`/local/domain/0/device-model/${domid}/state`);

/** Whether a device model may write nothing to xenstore (xl.cfg(5): dm_restrict). */
const isRestricted = async (pid: number, domid: DomId): Promise<boolean> =>
  (await argumentsOf(pid, domid))?.includes('-xen-domid-restrict') ?? false;

/** xl's name for a domain that is being migrated to this host; it is renamed at the end. */
export const isIncoming = ({ name }: RunningDomain): boolean => name.endsWith('--incoming');

/** The nodes that change when a domain is created, is built, or gets its final name; a guest can write none of them. */
export const buildNodes = (domid: DomId): readonly WatchTarget[] => [
  xenstorePath(`/libxl/${domid}/type`),
  below(homeOf(domid), 'vm'),
  below(homeOf(domid), 'console', 'type'),
  below(homeOf(domid), 'image'),
  stateOf(domid),
  below(homeOf(domid), 'name'),
];

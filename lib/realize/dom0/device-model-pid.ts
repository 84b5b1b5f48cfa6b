import type { DomId } from '../domid.js';
import { homeOf } from '../keys.js';
import type { Nodes } from '../xenstore/nodes.js';
import { below, xenstorePath, type XenstorePath } from '../xenstore/path.js';

/*
 * libxl stores the process ID of a domain's device model in image/device-model-pid. Our own QEMU is recorded there,
 * too: libxl then stops it with the domain, and does not start a second one when a disk is attached later
 * (libxl_dm.c: libxl__destroy_device_model, libxl__need_xenpv_qemu). A node that only libxl and virt2xen see marks
 * it as ours.
 */
const pidNode = (domid: DomId): XenstorePath => below(homeOf(domid), 'image', 'device-model-pid');
const markNode = (domid: DomId): XenstorePath => xenstorePath(`/libxl/${domid}/virt2xen-pid`);

/** The device model in xenstore; undefined if there is none except ours. */
export async function foreignDeviceModel(store: Nodes, domid: DomId): Promise<string | undefined> {
  const pid = await store.read(pidNode(domid));
  return pid === undefined || pid === (await store.read(markNode(domid))) ? undefined : pid;
}

/** For a transaction of an existing domain. */
export async function announceDeviceModel(nodes: Nodes, domid: DomId, pid: number): Promise<void> {
  await nodes.write(markNode(domid), String(pid));
  await nodes.write(pidNode(domid), String(pid));
}

/** For a transaction, too: removes the announcement, and the nodes that QEMU itself has written. */
export async function retractDeviceModel(nodes: Nodes, domid: DomId): Promise<void> {
  if ((await foreignDeviceModel(nodes, domid)) !== undefined) return;
  await removeUpTo(nodes, pidNode(domid), homeOf(domid));
  await nodes.remove(markNode(domid));
  const dom0 = xenstorePath('/local/domain/0');
  await removeUpTo(nodes, below(dom0, 'device-model', domid), dom0);
}

/** Removes a node and its parents that are empty then, as libxl does; `top` remains. */
export async function removeUpTo(nodes: Nodes, path: XenstorePath, top: XenstorePath): Promise<void> {
  await nodes.remove(path);
  for (let parent = path.slice(0, path.lastIndexOf('/')); parent.length > top.length;) {
    const node = xenstorePath(parent);
    const children = await nodes.directory(node);
    if (children && children.length > 0) return;
    if (children) await nodes.remove(node);
    parent = parent.slice(0, parent.lastIndexOf('/'));
  }
}

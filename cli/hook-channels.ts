import type { RunningDomain as HookedDomain } from '../lib/hooks/libvirt.js';
import type { Channel } from '../lib/model/channel.js';
import { attach } from '../lib/realize/host/attach.js';
import { detach } from '../lib/realize/host/detach.js';
import { listDomains, type RunningDomain } from '../lib/realize/dom0/domain.js';
import { defaultQmpDirectory, defaultRuntimeDirectory, type Host } from '../lib/realize/dom0/host.js';
import { sweep } from '../lib/realize/host/sweep.js';
import { findQemu } from '../lib/realize/qemu/binary.js';
import { Xenstore } from '../lib/realize/xenstore/client.js';
import { socketPath } from '../lib/realize/xenstore/socket.js';
import { accessOf, type SocketOptions } from './socket-access.js';

/*
 * Attaches channels to running domains for the libvirt hook. Uses xenstore only, because libvirt waits for the hook.
 */

export async function attachChannels(
  wanted: HookedDomain,
  channels: readonly Channel[],
  sockets: SocketOptions,
): Promise<void> {
  await using store = await Xenstore.connect(socketPath(process.env));
  const domain = await find(store, wanted);
  if (!domain) throw new Error('domain not found in xenstore');
  const { diagnostics } = await attach(hostOf(store), domain, channels, { access: await accessOf(sockets) });
  const error = diagnostics.find(({ severity }) => severity === 'error');
  if (error) throw new Error(error.message);
}

/** The domain may have ended already: the sweep removes what it left. */
export async function detachChannels(wanted: HookedDomain): Promise<void> {
  await using store = await Xenstore.connect(socketPath(process.env));
  const domain = await find(store, wanted);
  if (domain) await detach(hostOf(store), domain);
  else await sweep(hostOf(store));
}

async function find(
  store: Xenstore,
  { name, uuid }: { readonly name: string; readonly uuid?: string },
): Promise<RunningDomain | undefined> {
  const domains = await listDomains(store);
  return domains.find((domain) =>
    uuid === undefined ? domain.name === name : domain.uuid === uuid.toLowerCase(),
  );
}

const hostOf = (store: Xenstore): Host => ({
  store,
  runtimeDirectory: defaultRuntimeDirectory,
  qmpDirectory: defaultQmpDirectory,
  findQemu: () => findQemu(undefined),
});

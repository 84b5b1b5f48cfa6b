import { forgetDocument, persistDocument, type DomainToPersist } from '../lib/daemon/persist.js';
import { omitUndefined } from '../lib/language/omit-undefined.js';
import type { ChannelDocument } from '../lib/realize/document.js';
import { findDomain, listDomains, type RunningDomain } from '../lib/realize/dom0/domain.js';
import { RealizeError } from '../lib/realize/error.js';
import { detach } from '../lib/realize/host/detach.js';
import { parseMode } from '../lib/realize/qemu/access.js';
import type { Xenstore } from '../lib/realize/xenstore/client.js';
import { hostOf } from './host.js';
import type { AttachOptions, DetachOptions } from './realize-options.js';

/** Writes a document for the daemon, with the options of attach. */
export async function persist(
  args: AttachOptions,
  { source, name, uuid }: ChannelDocument,
  domain: DomainToPersist,
): Promise<void> {
  const { documents, socketMode, socketOwner, backend, transport, ringBuffer } = args;
  const options = omitUndefined({
    socketMode: socketMode === undefined ? undefined : parseMode(socketMode),
    socketOwner,
    backend: backend === 'auto' ? undefined : backend,
    transport,
    ringBuffer,
  });
  const isXml = (args.from ?? (source.trimStart().startsWith('<') ? 'libvirt' : 'xl')) === 'libvirt';
  await persistDocument(documents, domain, omitUndefined({ text: source, isXml, name, uuid }), options);
}

/**
 * `detach --persistent`. The document comes first: otherwise the daemon would attach the channels again.
 * @throws RealizeError `domain` for a domain that does not run and has no document
 */
export async function forget(
  store: Xenstore,
  args: DetachOptions,
): Promise<{ readonly domain: RunningDomain | undefined; readonly removed: readonly string[] }> {
  const domain = await findOrNone(store, args.domain);
  const file = await forgetDocument(args.documents, domain ?? { name: args.domain }, args.names);
  if (!domain && file === undefined)
    throw new RealizeError('domain', `domain '${args.domain}' does not run and has no document`);
  if (!domain) return { domain, removed: [] };
  try {
    return await detach(hostOf(store, args), domain, args.names);
  } catch (error) {
    // The daemon has detached them already, because they are not in the document any more.
    const isDone = error instanceof RealizeError && error.failure === 'channel' && file !== undefined;
    if (!isDone) throw error;
    return { domain, removed: [] };
  }
}

/** @throws RealizeError `domain` if several domains have the name */
export async function findOrNone(store: Xenstore, text: string): Promise<RunningDomain | undefined> {
  const isThere = (await listDomains(store)).some(
    ({ domid, name, uuid }) => [String(domid), name].includes(text) || uuid === text.toLowerCase(),
  );
  return isThere ? await findDomain(store, text) : undefined;
}

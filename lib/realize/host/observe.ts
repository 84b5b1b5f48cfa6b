import { omitUndefined } from '../../language/omit-undefined.js';
import { domId, type DomId } from '../domid.js';
import { frontendsOf, libxlConsolesOf } from '../keys.js';
import type { ChannelStates } from '../xenbus-state.js';
import type { Nodes } from '../xenstore/nodes.js';
import { below, xenstorePath, type XenstorePath } from '../xenstore/path.js';
import type { Endpoint } from './endpoint.js';
import { readState, readText } from './read-state.js';

/** A channel of a running domain as found in xenstore, created by any program. */
export interface ObservedChannel extends ChannelStates {
  readonly devid: number;
  readonly name: string;
  readonly createdBy: Creator;
  /** The backend domain; absent if no trusted key specifies it. */
  readonly backendDomid?: DomId;
  readonly endpoint: Endpoint;
}

/** xl and libvirt both use libxl, so they cannot be told apart. */
export type Creator = 'libxl' | 'virt2xen' | 'other';

type Reader = Pick<Nodes, 'readBytes' | 'directory'>;

/**
 * The channels of a domain: its consoles that have a name and are not the primary one, by number.
 *
 * libxl's own directory counts, which no guest can see: of the frontend, a guest may write `backend` and
 * remove it all. A channel that was made by hand is in the frontend's directory alone; its `backend` counts
 * only if it leads to the backend of that very console.
 */
export async function observeChannels(store: Reader, domid: DomId): Promise<readonly ObservedChannel[]> {
  const [made, offered] = await Promise.all([
    devidsBelow(store, libxlConsolesOf(domid)),
    devidsBelow(store, frontendsOf(domid)),
  ]);
  const devids = [...new Set([...made, ...offered])].toSorted((a, b) => a - b);
  const channels = await Promise.all(devids.map((devid) => observeChannel(store, domid, devid)));
  return channels.filter((channel) => channel !== undefined);
}

async function observeChannel(
  store: Reader,
  domid: DomId,
  devid: number,
): Promise<ObservedChannel | undefined> {
  const [libxl, frontend] = [below(libxlConsolesOf(domid), devid), below(frontendsOf(domid), devid)];
  const read = (directory: XenstorePath, key: string): Promise<string | undefined> =>
    readText(store, below(directory, key));

  const name = (await read(libxl, 'name')) ?? (await read(frontend, 'name'));
  if (name === undefined || name === '') return undefined;
  const backendPath = (await read(libxl, 'backend')) ?? (await read(frontend, 'backend'));
  const backendDomid = backendOf(backendPath, domid, devid);
  const backend = backendDomid === undefined ? undefined : xenstorePath(backendPath ?? '');
  const [output, tty] = [(await read(frontend, 'output')) ?? '', await read(frontend, 'tty')];
  const path = (await read(libxl, 'path')) ?? (backend && (await read(backend, 'path')));
  const connection = (await read(libxl, 'connection')) ?? (backend && (await read(backend, 'connection')));
  return omitUndefined({
    devid,
    name,
    createdBy: creatorOf(output),
    backendDomid,
    frontendState: await readState(store, frontend),
    backendState: backend ? await readState(store, backend) : 'absent',
    endpoint: endpointOf(connection ?? output, { path, tty }),
  });
}

async function devidsBelow(store: Reader, directory: XenstorePath): Promise<readonly number[]> {
  const names = (await store.directory(directory)) ?? [];
  return names.filter((name) => /^[1-9][0-9]{0,4}$/.test(name)).map(Number);
}

function backendOf(path: string | undefined, domid: DomId, devid: number): DomId | undefined {
  const match = /^\/local\/domain\/([0-9]{1,5})\/backend\/console\/([0-9]+)\/([0-9]+)$/.exec(path ?? '');
  if (!match || Number(match[2]) !== domid || Number(match[3]) !== devid) return undefined;
  try {
    return domId(Number(match[1]));
  } catch {
    return undefined;
  }
}

/** Recognized by the ids of the chardevs (libxl_console.c, served-by.ts). */
function creatorOf(output: string): Creator {
  if (output.startsWith('chardev:virt2xen-')) return 'virt2xen';
  return output === 'pty' || output.startsWith('chardev:libxl-') ? 'libxl' : 'other';
}

/** @param connection `connection` as xl writes it, else the frontend's `output` */
function endpointOf(
  connection: string,
  { path, tty }: { readonly path: string | undefined; readonly tty: string | undefined },
): Endpoint {
  if (connection === 'pty')
    return tty === undefined || tty === '' ? { kind: 'pty' } : { kind: 'pty', path: tty };
  // xl has two connections: anything but a pty is written as a socket; only a real socket has a path.
  if (connection === 'socket' && path !== undefined) return { kind: 'socket', path };
  return { kind: 'other' };
}

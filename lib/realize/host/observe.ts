import { domId, type DomId } from '../domid.js';
import { frontendsOf, libxlConsolesOf } from '../keys.js';
import type { BothStates } from '../xenbus-state.js';
import type { Nodes } from '../xenstore/nodes.js';
import { below, xenstorePath, type XenstorePath } from '../xenstore/path.js';
import { readState, readText } from './read-state.js';

/** A channel of a running domain, whoever made it, as xenstore has it. */
export interface ObservedChannel extends BothStates {
  readonly devid: number;
  readonly name: string;
  readonly madeBy: Maker;
  /** The domain that serves it; absent where nothing trustworthy says which. */
  readonly backendDomid?: DomId;
  readonly hostEnd: HostEnd;
}

/** xl and libvirt both work through libxl, and leave the same behind. */
export type Maker = 'libxl' | 'virt2xen' | 'other';

/** Where programs of the host find a channel. */
export type HostEnd =
  /** Absent until the backend has made the terminal. */
  | { readonly kind: 'pty'; readonly path?: string }
  | { readonly kind: 'socket' | 'file' | 'pipe' | 'serial' | 'parallel'; readonly path: string }
  | { readonly kind: 'tcp' | 'udp'; readonly address: string }
  | { readonly kind: 'null' }
  /** The keys do not tell. */
  | { readonly kind: 'other' };

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
  const said = (await read(libxl, 'backend')) ?? (await read(frontend, 'backend'));
  const backendDomid = backendOf(said, domid, devid);
  const backend = backendDomid === undefined ? undefined : xenstorePath(said ?? '');
  const [output, tty] = [(await read(frontend, 'output')) ?? '', await read(frontend, 'tty')];
  const path = (await read(libxl, 'path')) ?? (backend && (await read(backend, 'path')));
  const connection = (await read(libxl, 'connection')) ?? (backend && (await read(backend, 'connection')));
  return {
    devid,
    name,
    madeBy: makerOf(output),
    ...(backendDomid !== undefined && { backendDomid }),
    frontend: await readState(store, frontend),
    backend: backend ? await readState(store, backend) : 'absent',
    hostEnd: hostEndOf(connection ?? output, { path, tty }),
  };
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

/** By what each calls its chardevs (libxl_console.c, served-by.ts). */
function makerOf(output: string): Maker {
  if (output.startsWith('chardev:virt2xen-')) return 'virt2xen';
  return output === 'pty' || output.startsWith('chardev:libxl-') ? 'libxl' : 'other';
}

/** @param connection `connection` as xl writes it, else the frontend's `output` */
function hostEndOf(
  connection: string,
  { path, tty }: { readonly path: string | undefined; readonly tty: string | undefined },
): HostEnd {
  if (connection === 'pty')
    return tty === undefined || tty === '' ? { kind: 'pty' } : { kind: 'pty', path: tty };
  // xl knows two connections: what is no pty calls itself a socket, and only a socket has a path.
  if (connection === 'socket' && path !== undefined) return { kind: 'socket', path };
  return { kind: 'other' };
}

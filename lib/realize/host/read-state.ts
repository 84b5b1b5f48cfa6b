import { xenbusState, type XenbusState } from '../xenbus-state.js';
import type { Nodes } from '../xenstore/nodes.js';
import { below, type XenstorePath } from '../xenstore/path.js';

/** A node as text, whatever a guest has written: invalid bytes become U+FFFD. */
export async function readText(
  store: Pick<Nodes, 'readBytes'>,
  path: XenstorePath,
): Promise<string | undefined> {
  const value = await store.readBytes(path);
  return value && new TextDecoder().decode(value);
}

/** The state of one end of a device, from its directory. */
export const readState = async (store: Pick<Nodes, 'readBytes'>, end: XenstorePath): Promise<XenbusState> =>
  xenbusState(await readText(store, below(end, 'state')));

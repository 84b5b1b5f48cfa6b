import { parseMode, parseOwner, privateAccess, type SocketAccess } from '../lib/realize/qemu/access.js';

/** Who can connect to the sockets of attached channels, as options and the configuration file write it. */
export interface SocketOptions {
  readonly socketMode?: string | undefined;
  readonly socketOwner?: string | undefined;
}

/** @throws QemuError for an invalid mode, and for a user or group that does not exist on this host */
export async function accessOf({ socketMode, socketOwner }: SocketOptions): Promise<SocketAccess> {
  const mode = socketMode === undefined ? privateAccess.mode : parseMode(socketMode);
  return { mode, ...(socketOwner !== undefined && { owner: await parseOwner(socketOwner) }) };
}

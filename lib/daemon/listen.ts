import { once } from 'node:events';
import { chmod, chown } from 'node:fs/promises';
import type { Server } from 'node:net';
import type { SocketAccess } from '../realize/qemu/access.js';
import { QemuError } from '../realize/qemu/error.js';
import { removeDeadSocket } from '../realize/qemu/socket.js';

/**
 * Listens on a Unix socket, in the place of one that a process has left behind.
 * @throws QemuError `socket` if another process listens there
 */
export async function listenAt(
  server: Server,
  path: string,
  { mode, owner = {} }: SocketAccess,
): Promise<void> {
  if (!(await removeDeadSocket(path))) throw new QemuError('socket', `${path} is in use by another process`);
  // Only root can connect before it has its owner.
  const umask = process.umask(0o177);
  try {
    server.listen(path);
    await once(server, 'listening');
  } finally {
    process.umask(umask);
  }
  await chown(path, owner.uid ?? -1, owner.gid ?? -1);
  await chmod(path, mode);
}

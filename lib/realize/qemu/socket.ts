import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, chown, lchown, lstat, mkdir, open, rename, rmdir, unlink } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { maximumSocketPathBytes } from '../../model/limits.js';
import type { SocketAccess } from './access.js';
import { QemuError, systemCode } from './error.js';

/**
 * A listening Unix socket that another process binds, and that no other user can reach before it has the requested
 * mode and owner.
 */
export interface PrivateSocket {
  /** The path to bind it at. */
  readonly bindPath: string;
  /**
   * Sets mode and owner of the socket, and moves it to its path. A dead socket there is replaced.
   * @throws QemuError `socket` if nothing was bound, or if the path is in use
   */
  readonly publish: (access: SocketAccess) => Promise<void>;
  /** Removes what was created and not published. */
  readonly discard: () => Promise<void>;
}

/**
 * Prepares a place for a socket to be bound.
 *
 * QEMU binds with its own umask and knows neither mode nor owner (util/qemu-sockets.c:
 * unix_listen_saddr), and the umask of a device model is not ours to choose. So it binds in a directory
 * that only root may enter, beside the socket's own place: there the socket gets its mode and owner,
 * and a rename, which moves it within its file system at one stroke, makes it appear.
 * What QEMU later unlinks is the path that it was given, so the published path is its publisher's to
 * remove: see removeDeadSocket.
 *
 * @param path where it shall be, absolute
 * @throws QemuError `socket` if its directory is not there, or its path would be too long for a socket
 */
export async function privateSocket(path: string): Promise<PrivateSocket> {
  await requireFree(path);
  const directory = join(dirname(path), privateName(path));
  const bindPath = join(directory, socketName);
  const excess = Buffer.byteLength(bindPath) - maximumSocketPathBytes;
  if (excess > 0) {
    throw new QemuError('socket', `${path}: directory path is ${excess} bytes too long for a socket`);
  }
  const discard = (): Promise<void> => discardPrivate(directory);
  // What an interrupted run has left behind.
  await failsAs(path, discard());
  await failsAs(path, mkdir(directory, { mode: 0o700 }));
  const publish = async (access: SocketAccess): Promise<void> => {
    await requireFree(path);
    await failsAs(path, moveOut(directory, path, access));
    await rmdir(directory);
  };
  return { bindPath, publish, discard };
}

async function discardPrivate(directory: string): Promise<void> {
  await unlink(join(directory, socketName)).catch(ignoreAbsence);
  await rmdir(directory).catch(ignoreAbsence);
}

/** Removes what an interrupted run has left of a socket, published or not. No process listens there any more. */
export async function removeLeftovers(path: string): Promise<void> {
  await removeDeadSocket(path);
  await discardPrivate(join(dirname(path), privateName(path)));
}

/** The path where the socket at a path can have been bound: the kernel records that one only. */
export const pathsOfSocket = (path: string): readonly string[] => [
  path,
  join(dirname(path), privateName(path), socketName),
];

const socketName = 's';

/**
 * The same in each run, so that the next one finds what an interrupted one has left; short, because paths are
 * limited.
 */
const privateName = (path: string): string =>
  `.v2x-${createHash('sha256').update(basename(path)).digest('hex').slice(0, 8)}`;

function ignoreAbsence(error: unknown): void {
  if (systemCode(error) !== 'ENOENT') throw error;
}

/**
 * The directory is used through a descriptor: if a user with access to its parent replaces it, nothing of theirs is
 * changed.
 */
async function moveOut(directory: string, path: string, { mode, owner }: SocketAccess): Promise<void> {
  const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;
  const held = await open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    const status = await held.stat();
    if (status.uid !== process.geteuid?.() || (status.mode & 0o077) !== 0) {
      throw new QemuError('socket', `${directory} was replaced by another process`);
    }
    const bound = `/proc/self/fd/${held.fd}/${socketName}`;
    if (!(await lstat(bound)).isSocket()) throw new QemuError('socket', `${bound} is not a socket`);
    const { uid = -1, gid = -1 } = owner ?? {};
    await lchown(bound, uid, gid);
    await chmod(bound, mode);
    await rename(bound, path);
  } finally {
    await held.close();
  }
}

/** O_PATH of fcntl.h, which Node does not export: neither reads nor connects. */
const O_PATH = 0o10000000;

/**
 * Changes mode and owner of a published socket, if they differ.
 * @throws QemuError `socket` if it does not exist
 */
export async function setAccess(path: string, { mode, owner = {} }: SocketAccess): Promise<void> {
  const { uid, gid } = owner;
  const change = async (): Promise<void> => {
    // Used through a descriptor, so that it cannot be replaced by a link meanwhile.
    const held = await open(path, O_PATH | constants.O_NOFOLLOW);
    try {
      const status = await held.stat();
      if (!status.isSocket()) throw new QemuError('socket', `${path} is not a socket`);
      const itself = `/proc/self/fd/${held.fd}`;
      const differs = (wanted: number | undefined, is: number): boolean =>
        wanted !== undefined && wanted !== is;
      if (differs(uid, status.uid) || differs(gid, status.gid)) await chown(itself, uid ?? -1, gid ?? -1);
      if ((status.mode & 0o7777) !== mode) await chmod(itself, mode);
    } finally {
      await held.close();
    }
  };
  await failsAs(path, change());
}

/** Whether there is a socket; a link to one does not count. */
export const isSocket = (path: string): Promise<boolean> =>
  lstat(path).then(
    (status) => status.isSocket(),
    () => false,
  );

/**
 * Removes a socket if no process listens; anything else remains.
 * @returns whether the path is free now
 */
export async function removeDeadSocket(path: string): Promise<boolean> {
  const state = await stateOf(path);
  if (state === 'dead') await unlink(path);
  return state === 'dead' || state === 'absent';
}

/** @throws QemuError `socket` if the path is in use or is not a socket; a dead socket can be replaced */
async function requireFree(path: string): Promise<void> {
  const state = await failsAs(path, stateOf(path));
  if (state === 'live') throw new QemuError('socket', `${path} is in use by another process`);
  if (state === 'other') throw new QemuError('socket', `${path} exists and is not a socket`);
}

/** Only a connection shows whether a process listens: the kernel lists sockets by the path they were bound to. */
async function stateOf(path: string): Promise<'absent' | 'dead' | 'live' | 'other'> {
  const status = await lstat(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (!status) return 'absent';
  if (!status.isSocket()) return 'other';
  return await new Promise((resolve) => {
    const socket = createConnection(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve('live');
    });
    socket.on('error', (error) => resolve(systemCode(error) === 'ECONNREFUSED' ? 'dead' : 'live'));
  });
}

/** Waits for a system call on a socket; errors contain the path of that socket. */
async function failsAs<Result>(path: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof QemuError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new QemuError('socket', `cannot create socket ${path}: ${reason}`);
  }
}

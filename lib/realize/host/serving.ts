import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { pathsOfSocket } from '../qemu/socket.js';
import { clientInodes, queuesOf, readSockets, type SocketQueues } from '../socket-queues.js';

/** A QEMU that serves the consoles of a domain from this host. */
export interface ServingQemu {
  readonly pid: number;
  readonly domid: number;
}

/**
 * The QEMUs of all domains, found by the command lines of all processes: those of libxl, ours, and those started by
 * hand. Processes that the kernel hides from this user are not found.
 */
export async function servingQemus(): Promise<readonly ServingQemu[]> {
  const pids = (await readdir('/proc')).filter((name) => /^[0-9]+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      // The process can end meanwhile.
      const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
      const domid = basename(words[0] ?? '').includes('qemu') && words[words.indexOf('-xen-domid', 1) + 1];
      return typeof domid === 'string' && /^[0-9]+$/.test(domid)
        ? { pid: Number(pid), domid: Number(domid) }
        : undefined;
    }),
  );
  return found.filter((qemu) => qemu !== undefined).toSorted((a, b) => a.pid - b.pid);
}

/** Returns what is connected to a listening socket of this host; undefined if that cannot be determined. */
export type LookAtSocket = (path: string) => SocketQueues | undefined;

/** Reads all Unix sockets once, with `ss` of iproute2; without it nothing is known. */
export async function lookAtSockets(): Promise<LookAtSocket> {
  const sockets = await unixSockets();
  return (path) => queuesOf(sockets, pathsOfSocket(path));
}

async function unixSockets(): Promise<ReturnType<typeof readSockets>> {
  const args = ['--unix', '--all', '--numeric', '--no-header'];
  const output = await promisify(execFile)('ss', args, { maxBuffer: 64 * 1024 * 1024 }).then(
    ({ stdout }) => stdout,
    () => '',
  );
  return readSockets(output);
}

/** A process that is connected to a socket; without `pid` if the kernel hides it from this user. */
export interface SocketClient {
  readonly pid?: number;
  /** The name of the program. */
  readonly name?: string;
}

/**
 * The processes that a listening Unix socket has accepted as clients.
 * @returns undefined if no process listens there, or `ss` is missing
 */
export async function clientsOfSocket(path: string): Promise<readonly SocketClient[] | undefined> {
  const inodes = clientInodes(await unixSockets(), pathsOfSocket(path));
  if (!inodes || inodes.length === 0) return inodes && [];
  const owners = await ownersOf(new Set(inodes.map((inode) => `socket:[${inode}]`)));
  return inodes.map((inode) => owners.get(`socket:[${inode}]`) ?? {});
}

/** Which process has each of these open, by their links in /proc/PID/fd. */
async function ownersOf(links: ReadonlySet<string>): Promise<ReadonlyMap<string, SocketClient>> {
  const owners = new Map<string, SocketClient>();
  for (const pid of (await readdir('/proc')).filter((name) => /^[0-9]+$/.test(name))) {
    // The process can end meanwhile.
    for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const link = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
      if (!links.has(link)) continue;
      const name = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim();
      owners.set(link, { pid: Number(pid), name });
    }
  }
  return owners;
}

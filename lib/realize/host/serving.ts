import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { pathsOfSocket } from '../qemu/socket.js';
import { queuesOf, readSockets, type SocketQueues } from '../socket-queues.js';

/** A QEMU that serves the consoles of a domain from this host. */
export interface ServingQemu {
  readonly pid: number;
  readonly domid: number;
}

/**
 * The QEMUs of all domains, by the arguments that the kernel has of every process: those of libxl, ours,
 * and those that somebody started by hand. Where processes of other users are hidden, they are not seen.
 */
export async function servingQemus(): Promise<readonly ServingQemu[]> {
  const pids = (await readdir('/proc')).filter((name) => /^[0-9]+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      // A process may end while it is looked at.
      const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
      const domid = basename(words[0] ?? '').includes('qemu') && words[words.indexOf('-xen-domid', 1) + 1];
      return typeof domid === 'string' && /^[0-9]+$/.test(domid)
        ? { pid: Number(pid), domid: Number(domid) }
        : undefined;
    }),
  );
  return found.filter((qemu) => qemu !== undefined).toSorted((a, b) => a.pid - b.pid);
}

/** Tells what is connected to a listening socket of this host; nothing where it cannot be known. */
export type LookAtSocket = (path: string) => SocketQueues | undefined;

/** Looks once at all Unix sockets, through `ss` of iproute2; without it nothing is known. */
export async function lookAtSockets(): Promise<LookAtSocket> {
  const args = ['--unix', '--all', '--numeric', '--no-header'];
  const output = await promisify(execFile)('ss', args, { maxBuffer: 64 * 1024 * 1024 }).then(
    ({ stdout }) => stdout,
    () => '',
  );
  const sockets = readSockets(output);
  return (path) => queuesOf(sockets, pathsOfSocket(path));
}

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
  const args = ['--unix', '--all', '--numeric', '--no-header'];
  const output = await promisify(execFile)('ss', args, { maxBuffer: 64 * 1024 * 1024 }).then(
    ({ stdout }) => stdout,
    () => '',
  );
  const sockets = readSockets(output);
  return (path) => queuesOf(sockets, pathsOfSocket(path));
}

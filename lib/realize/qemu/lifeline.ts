import { createConnection, type Socket } from 'node:net';
import { chardevBackend, chardevId } from '../../qemu-syntax/chardev.js';
import { withQmp } from '../qmp/client.js';
import { chardevAdd, chardevRemove, queryChardev } from '../qmp/commands.js';
import { QmpError } from '../qmp/error.js';
import { systemCode } from './error.js';

const lifelineId = chardevId('virt2xen-lifeline');

/** A QEMU whose exit is to be noticed. */
export interface WatchedQemu {
  /** The socket of its monitor; libxl and other runs use it, too. */
  readonly monitor: string;
  /** The socket that it is given for this, in a directory that only root can enter. */
  readonly lifeline: string;
}

/**
 * Waits, without polling, until a QEMU exits. It is not a child of this process, and Node has no pidfd; but when a process
 * ends, for whatever reason, the kernel closes its sockets. So QEMU is given a socket that no guest uses, over the monitor
 * if it has none yet, and this connects to it. QEMU never sends anything there, and need not even accept the connection.
 *
 * @param signal ends the wait; it then returns, too
 * @throws QmpError if the monitor does not answer: QEMU has exited already, hangs, or is used by another client
 */
export async function untilExit(
  { monitor, lifeline }: WatchedQemu,
  signal: AbortSignal,
  connected: () => void = () => undefined,
): Promise<void> {
  const socket = (await connect(lifeline)) ?? (await create(monitor, lifeline));
  if (signal.aborted || !socket) {
    socket?.destroy();
    return;
  }
  connected();
  await new Promise<void>((resolve) => {
    const end = (): void => {
      signal.removeEventListener('abort', end);
      socket.destroy();
      resolve();
    };
    signal.addEventListener('abort', end);
    socket.on('close', end).resume();
  });
}

/** @returns undefined if QEMU has exited meanwhile */
async function create(monitor: string, lifeline: string): Promise<Socket | undefined> {
  await withQmp(monitor, async (qmp) => {
    // Its socket was removed by a detach.
    if ((await qmp.execute(queryChardev)).some(({ label }) => label === lifelineId))
      await qmp.execute(chardevRemove(lifelineId));
    const backend = chardevBackend({ type: 'unix', mode: 'listen', path: lifeline }, qmp.version);
    await qmp.execute(chardevAdd(lifelineId, backend));
  }).catch((error: unknown) => {
    // Another process that watches this QEMU has created it meanwhile.
    if (!(error instanceof QmpError && error.failure === 'refused')) throw error;
  });
  return await connect(lifeline);
}

/** @returns undefined if no process listens */
function connect(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.once('connect', () => {
      // A reset is an end like any other.
      socket.on('error', () => undefined);
      resolve(socket);
    });
    socket.once('error', (error) => {
      if (['ENOENT', 'ECONNREFUSED'].includes(systemCode(error))) resolve(undefined);
      else reject(new QmpError('busy', `cannot connect to ${path}: ${error.message}`));
    });
  });
}

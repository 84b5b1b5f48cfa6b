import { RealizeError } from '../lib/realize/error.js';
import { QemuError } from '../lib/realize/qemu/error.js';
import { QmpError } from '../lib/realize/qmp/error.js';
import { Xenstore } from '../lib/realize/xenstore/client.js';
import { XenstoreError } from '../lib/realize/xenstore/error.js';
import { socketPath } from '../lib/realize/xenstore/socket.js';
import { escapeControls } from '../lib/diagnostics/render.js';
import { exitCodes } from './exit-codes.js';
import { print } from './terminal.js';

/**
 * Works with this host's xenstored. What the host lacks is told, not thrown: on standard error, and for
 * programs as `{"error": ...}` on standard output.
 *
 * @returns the exit status of `work`; 3 if the host failed
 */
export async function withStore(json: boolean, work: (store: Xenstore) => Promise<number>): Promise<number> {
  try {
    await using store = await Xenstore.connect(socketPath(process.env));
    return await work(store);
  } catch (error) {
    if (!isOfTheHost(error)) throw error;
    if (json) print('stdout', `${JSON.stringify({ error: error.message })}\n`);
    else print('stderr', `virt2xen: ${error.message.split('\n').map(escapeControls).join('\n')}\n`);
    return exitCodes.environment;
  }
}

function isOfTheHost(error: unknown): error is Error {
  return [XenstoreError, RealizeError, QemuError, QmpError].some((kind) => error instanceof kind);
}

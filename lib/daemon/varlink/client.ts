import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { RealizeError } from '../../realize/error.js';
import { systemCode } from '../../realize/qemu/error.js';
import { VarlinkError } from './error.js';
import { encodeMessage, MessageParser, type Parameters, type Reply } from './messages.js';

/**
 * Calls a method of a varlink service.
 *
 * @param more whether the method has several replies
 * @returns the parameters of each reply, until the service ends them or the loop is left
 * @throws VarlinkError the error of the method; RealizeError `daemon` if none runs; system errors of the connection
 */
export async function* callVarlink(
  path: string,
  method: string,
  parameters: Parameters = {},
  { more = false, signal }: { readonly more?: boolean; readonly signal?: AbortSignal } = {},
): AsyncGenerator<Parameters, void> {
  const socket = createConnection({ path, ...(signal && { signal }) });
  try {
    await connected(socket, path);
    socket.write(encodeMessage({ method, parameters, ...(more && { more }) }));
    const parser = new MessageParser();
    for await (const chunk of socket as AsyncIterable<Uint8Array>) {
      for (const reply of parser.push(chunk) as Iterable<Reply>) {
        if (reply.error !== undefined) throw new VarlinkError(reply.error, reply.parameters);
        yield reply.parameters ?? {};
        if (!reply.continues) return;
      }
    }
  } finally {
    socket.destroy();
  }
}

/** @throws RealizeError `daemon` if no process listens; system errors */
async function connected(socket: Socket, path: string): Promise<void> {
  try {
    await once(socket, 'connect');
  } catch (error) {
    if (!['ENOENT', 'ECONNREFUSED'].includes(systemCode(error))) throw error;
    throw new RealizeError(
      'daemon',
      `the daemon does not run: no process listens on ${path}; start virt2xend`,
    );
  }
}

import { once } from 'node:events';
import { createConnection } from 'node:net';
import { VarlinkError } from './error.js';
import { encodeMessage, MessageParser, type Parameters, type Reply } from './messages.js';

/**
 * Calls a method of a varlink service.
 *
 * @param more whether the method has several replies
 * @returns the parameters of each reply, until the service ends them or the loop is left
 * @throws VarlinkError the error of the method; system errors of the connection
 */
export async function* callVarlink(
  path: string,
  method: string,
  parameters: Parameters = {},
  { more = false, signal }: { readonly more?: boolean; readonly signal?: AbortSignal } = {},
): AsyncGenerator<Parameters, void> {
  const socket = createConnection({ path, ...(signal && { signal }) });
  try {
    await once(socket, 'connect');
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

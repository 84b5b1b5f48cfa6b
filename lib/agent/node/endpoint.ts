import { constants, openSync, statSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { ReadStream } from 'node:tty';
import { AgentError } from '../error.js';
import type { Transport } from '../transport.js';

/** The host's endpoint of a channel, as QEMU serves it. */
export type AgentEndpoint =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'pty'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/** An endpoint in a message. */
export const nameOf = (endpoint: AgentEndpoint): string =>
  endpoint.kind === 'tcp' ? `${endpoint.host}:${endpoint.port}` : endpoint.path;

/**
 * Connects to an endpoint.
 * @param signal ends the attempt
 * @throws AgentError `unreachable` if no process listens, `busy` if too many clients wait
 */
export async function connect(endpoint: AgentEndpoint, signal?: AbortSignal): Promise<Socket> {
  signal?.throwIfAborted();
  try {
    return endpoint.kind === 'pty' ? openTerminal(endpoint.path) : await connected(endpoint, signal);
  } catch (error) {
    throw connectionError(endpoint, error);
  }
}

/** QEMU has made the terminal raw. Another program's terminal is not opened as ours (O_NOCTTY). */
function openTerminal(path: string): Socket {
  if (!statSync(path).isCharacterDevice()) {
    throw new AgentError('unreachable', `${path} is not a terminal`);
  }
  const { O_RDWR, O_NOCTTY, O_NONBLOCK } = constants;
  return new ReadStream(openSync(path, O_RDWR | O_NOCTTY | O_NONBLOCK));
}

async function connected(
  endpoint: Exclude<AgentEndpoint, { kind: 'pty' }>,
  signal: AbortSignal | undefined,
): Promise<Socket> {
  const socket =
    endpoint.kind === 'socket'
      ? createConnection({ path: endpoint.path })
      : createConnection({ host: endpoint.host, port: endpoint.port, noDelay: true });
  return await new Promise((resolve, reject) => {
    const abort = (): void => {
      socket.destroy();
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', abort, { once: true });
    const settled = (): void => signal?.removeEventListener('abort', abort);
    socket.once('error', (error) => {
      settled();
      reject(error);
    });
    socket.once('connect', () => {
      settled();
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

function connectionError(endpoint: AgentEndpoint, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const name = nameOf(endpoint);
  const code = String(error.code);
  // While one client is connected and another waits, the kernel rejects further ones.
  if (code === 'EAGAIN') return new AgentError('busy', `${name} has too many waiting clients`);
  const why = reasons[code] ?? `${code}: no process serves the channel there`;
  return new AgentError('unreachable', `cannot connect to ${name}: ${why}`);
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist; the domain is not running, or its channel has another path',
  ECONNREFUSED: 'no process listens there; the QEMU that served it has exited',
  EACCES: 'permission denied; run the command as root, or as the owner of the socket',
  ENOTSOCK: 'it is not a socket',
  EPROTOTYPE: 'it is not a stream socket',
};

/** How long the other end may take to notice the end of a connection. */
const lingerMs = 500;

/** The transport of a session, over a connection. */
export function transportOf(socket: Socket, name: string): Transport {
  return {
    start: ({ data, end }) => {
      let reason =
        'the process that serves it (QEMU, or the agent itself) has closed the connection or exited';
      socket.on('data', data);
      socket.on('error', (error) => (reason = `connection lost (${error.message})`));
      socket.on('end', () => socket.destroy());
      socket.on('close', () => end(new AgentError('closed', `${name}: ${reason}`)));
    },
    send: (bytes) => void socket.write(bytes),
    close: () => {
      socket.removeAllListeners('close');
      // A reply that is not read would reset the connection, at which an agent that listens itself exits.
      const late = setTimeout(() => socket.destroy(), lingerMs);
      socket.on('close', () => clearTimeout(late));
      socket.resume();
      socket.end();
    },
  };
}

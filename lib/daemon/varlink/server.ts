import { createServer, type Socket } from 'node:net';
import { isObject } from '../../language/json.js';
import type { SocketAccess } from '../../realize/qemu/access.js';
import { listenAt } from '../listen.js';
import { invalidParameter, VarlinkError } from './error.js';
import { serviceInterface } from './interfaces.js';
import { encodeMessage, MessageParser, type Parameters, type Reply } from './messages.js';

/**
 * A method: returns the parameters of its reply, or of each of its replies until the signal is aborted.
 * @throws VarlinkError
 */
export type Method =
  | { readonly reply: (parameters: Parameters) => Promise<Parameters> }
  | { readonly replies: (parameters: Parameters, signal: AbortSignal) => AsyncIterable<Parameters> };

export interface Service {
  readonly vendor: string;
  readonly product: string;
  readonly version: string;
  readonly url: string;
  /** The descriptions of the interfaces, by name. */
  readonly interfaces: Readonly<Record<string, string>>;
  /** By name, with the interface. */
  readonly methods: Readonly<Record<string, Method>>;
}

/** How much a client that does not read may leave in memory before it is disconnected. */
const longestBacklogBytes = 1024 * 1024;

/**
 * Serves varlink on a Unix socket until it is disposed (https://varlink.org).
 * @throws QemuError `socket` if another process listens there
 */
export async function serveVarlink(
  path: string,
  access: SocketAccess,
  service: Service,
): Promise<AsyncDisposable> {
  const clients = new Set<Socket>();
  // A client may close its side before it reads the reply, as socat does.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    clients.add(socket);
    socket.on('close', () => clients.delete(socket));
    void serveClient(socket, withService(service));
  });
  await listenAt(server, path, access);
  return {
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The methods with those that every service has. */
function withService({ methods, interfaces, ...info }: Service): Service['methods'] {
  const described: Readonly<Record<string, string>> = {
    'org.varlink.service': serviceInterface,
    ...interfaces,
  };
  return {
    ...methods,
    'org.varlink.service.GetInfo': {
      reply: () => Promise.resolve({ ...info, interfaces: Object.keys(described) }),
    },
    'org.varlink.service.GetInterfaceDescription': {
      reply: ({ interface: name }) => {
        if (typeof name !== 'string') return Promise.reject(invalidParameter('interface'));
        const description = Object.hasOwn(described, name) ? described[name] : undefined;
        if (description !== undefined) return Promise.resolve({ description });
        return Promise.reject(new VarlinkError('org.varlink.service.InterfaceNotFound', { interface: name }));
      },
    },
  };
}

/** Calls of one client are answered in their order. A client that breaks the protocol is disconnected. */
async function serveClient(socket: Socket, methods: Service['methods']): Promise<void> {
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  socket
    .on('error', () => undefined)
    .on('end', leave)
    .on('close', leave);
  const parser = new MessageParser();
  try {
    for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
      for (const call of parser.push(chunk)) await answer(socket, methods, call, gone.signal);
    }
    socket.end();
  } catch {
    socket.destroy();
  }
}

async function answer(
  socket: Socket,
  methods: Service['methods'],
  { method: name, parameters = {}, more = false, oneway = false }: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<void> {
  if (typeof name !== 'string' || !isObject(parameters)) throw new Error('invalid call');
  const send = (reply: Reply): void => {
    if (oneway === true || socket.destroyed) return;
    socket.write(encodeMessage(reply));
    if (socket.writableLength > longestBacklogBytes) socket.destroy();
  };
  try {
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (!method) throw new VarlinkError('org.varlink.service.MethodNotFound', { method: name });
    if ('reply' in method) return send({ parameters: await method.reply(parameters) });
    if (more !== true) throw new VarlinkError('org.varlink.service.ExpectedMore');
    for await (const reply of method.replies(parameters, signal)) {
      send({ parameters: reply, continues: true });
    }
  } catch (error) {
    if (!(error instanceof VarlinkError)) throw error;
    send({ error: error.error, parameters: error.parameters });
  }
}

import { lstatSync, mkdirSync, readdirSync, statSync, unlinkSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentError } from '../error.js';
import { nameOf, type AgentEndpoint } from './endpoint.js';

/*
 * One user per endpoint. Every user binds a Unix socket of its own in a private directory, named after the
 * endpoint, and listens on it; the kernel ends it with the process. It holds the lock if then no other socket of the
 * endpoint is alive: of two users, the one that looks later sees the other. Who sees another waits until that one
 * is gone, without polling, and learns from it who it is. If two see each other, both try again.
 *
 * A socket that is not listening yet looks dead. Its file may be removed then, but only by the holder, whom its
 * owner sees when it looks; and who does not find its own file has not got the lock.
 */

/** Held until it is disposed or this process exits. */
export type EndpointLock = Disposable;

export interface LockOptions {
  /** What this process does, for the message of those that wait; one line. */
  readonly purpose: string;
  /** How long to wait for another user (default: not at all). */
  readonly waitMs?: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
  /** Contains the sockets (default: below /run/virt2xen for root, in the user's own runtime directory for others). */
  readonly directory?: string;
}

const retryMs = 20;
/** Two users that come at the same time must not both fail, even if they do not want to wait. */
const tieMs = 200;
const namingMs = 1000;
let count = 0;

/**
 * Locks an endpoint for this process. Only users of this lock are excluded.
 * @throws AgentError `busy`, naming the holder, if another process has it for longer than `waitMs`;
 *   `unreachable` if the endpoint does not exist
 */
export async function lockEndpoint(endpoint: AgentEndpoint, options: LockOptions): Promise<EndpointLock> {
  const { purpose, waitMs = 0, signal, directory = lockDirectory() } = options;
  const key = keyOf(endpoint);
  const until = performance.now() + Math.max(waitMs, tieMs);
  makePrivate(directory);
  for (;;) {
    signal?.throwIfAborted();
    const own = `${key}.${process.pid}-${(count += 1)}`;
    const listener = await listen(join(directory, own), `process ${process.pid} (${purpose})`);
    const names = readdirSync(directory).filter((name) => name.startsWith(`${key}.`));
    const others = names.filter((name) => name !== own);
    let holder: Holder | undefined;
    if (names.includes(own)) {
      for (const name of others) holder ??= await holderOf(join(directory, name));
      if (!holder) {
        for (const name of others) remove(join(directory, name));
        return { [Symbol.dispose]: () => void listener.close() };
      }
    }
    await listener.close();
    const leftMs = until - performance.now();
    if (holder && leftMs <= 0) {
      holder.stop();
      throw new AgentError(
        'busy',
        `${nameOf(endpoint)} is in use by ${await holder.name}; wait for it, or end it`,
      );
    }
    await holder?.isGone(leftMs, signal);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * retryMs));
  }
}

/** A runtime directory is emptied at each boot. */
function lockDirectory(): string {
  const uid = process.getuid?.() ?? 0;
  if (uid === 0) return '/run/virt2xen/agent';
  return join(process.env['XDG_RUNTIME_DIR'] ?? join(tmpdir(), `virt2xen-${uid}`), 'virt2xen-agent');
}

/** The parent of a user's directory can be open to everybody: it must not be another user's. */
function makePrivate(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const stats = lstatSync(directory);
  const isPrivate = stats.isDirectory() && (stats.mode & 0o022) === 0 && stats.uid === process.getuid?.();
  if (!isPrivate)
    throw new AgentError('busy', `${directory} belongs to another user, or others can write to it`);
}

/** The same for each path of an endpoint; a new one if QEMU binds its socket again. */
function keyOf(endpoint: AgentEndpoint): string {
  if (endpoint.kind === 'tcp') return `tcp-${encodeURIComponent(endpoint.host)}-${endpoint.port}`;
  const stats = statSync(endpoint.path, { throwIfNoEntry: false });
  if (stats) return `${stats.dev}-${stats.ino}`;
  throw new AgentError(
    'unreachable',
    `${endpoint.path} does not exist; the domain is not running, or its channel has another path`,
  );
}

interface Listener {
  readonly close: () => Promise<void>;
}

async function listen(path: string, announcement: string): Promise<Listener> {
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    clients.add(client);
    client.on('close', () => clients.delete(client));
    client.on('error', () => client.destroy());
    client.write(`${announcement}\n`);
    // Who waits must not keep this process alive.
    client.unref();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  server.unref();
  return {
    // It removes the socket's file, too.
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const client of clients) client.destroy();
      await closed;
    },
  };
}

interface Holder {
  readonly name: Promise<string>;
  /** Waits until the holder is gone, at most so long. */
  readonly isGone: (limitMs: number, signal: AbortSignal | undefined) => Promise<void>;
  readonly stop: () => void;
}

/** @returns undefined if no process listens */
async function holderOf(path: string): Promise<Holder | undefined> {
  const socket = createConnection(path);
  const isAlive = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    // EAGAIN: its backlog is full, so it is alive.
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EAGAIN'));
  });
  if (!isAlive) return undefined;
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => socket.destroy());
  const name = new Promise<string>((resolve) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(0, 500);
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
    });
    const unknown = (): void => resolve('another virt2xen process');
    socket.once('close', unknown);
    setTimeout(unknown, namingMs).unref();
  });
  return {
    name,
    isGone: async (limitMs, signal) => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, Math.max(0, limitMs));
        signal?.addEventListener('abort', () => resolve(), { once: true });
      });
      await Promise.race([gone, late]);
      clearTimeout(timer);
      socket.destroy();
    },
    stop: () => void name.then(() => socket.destroy()),
  };
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Its owner has removed it.
  }
}

import { createReadStream, createWriteStream, statSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AgentError } from '../lib/agent/error.js';
import { connect } from '../lib/agent/node/endpoint.js';
import { lockEndpoint } from '../lib/agent/node/lock.js';
import { endpointOfChannel } from './agent/channel.js';
import { exitCodes } from './exit-codes.js';
import { dash, FileError, reasonOf } from './files.js';
import { guarded, printJson } from './guarded.js';
import { ByteProgress } from './progress.js';
import { stallOf, type Stalled } from './stall.js';
import { outputStream, print } from './terminal.js';

export interface TransferOptions {
  readonly domain: string;
  readonly channel: string;
  readonly file: string;
  readonly runtimeDir: string;
  readonly json: boolean;
  /** Seconds without progress. */
  readonly timeout: number;
  /** Seconds. */
  readonly lockTimeout: number;
}

export interface ReceiveOptions extends TransferOptions {
  readonly bytes: number | undefined;
}

const isStandard = (file: string): boolean => file === dash || file === '-';

/** `virt2xen send`: returns when the process that serves the channel has read everything. @returns the exit status */
export async function sendFile(args: TransferOptions): Promise<number> {
  return await withChannel(args, 'send', async (socket, stalled) => {
    const progress = new ByteProgress();
    if (!isStandard(args.file)) progress.total = statSync(args.file, { throwIfNoEntry: false })?.size;
    let sent = 0;
    let dropped = 0;
    socket.on('data', (bytes) => (dropped += bytes.length));
    try {
      for await (const bytes of sourceOf(args.file)) {
        await stalled.during(written(socket, bytes), () => `${sent} bytes accepted, then no progress`);
        sent += bytes.length;
        progress.at(sent);
      }
      // The other end closes once it has read to the end: nothing is left in the socket's buffer.
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      socket.end();
      await stalled.during(closed, () => `of ${sent} bytes, the last have not been read`);
    } finally {
      progress.end();
    }
    if (args.json) printJson({ bytes: sent, dropped });
    else {
      print('stderr', `${sent} bytes sent\n`);
      if (dropped > 0) print('stderr', `virt2xen: ${dropped} bytes from the guest dropped\n`);
    }
    return exitCodes.done;
  });
}

/** `virt2xen receive`: until the count is reached or the channel closes. @returns the exit status */
export async function receiveFile(args: ReceiveOptions): Promise<number> {
  return await withChannel(args, 'receive', async (socket, stalled) => {
    const progress = new ByteProgress();
    progress.total = args.bytes;
    const counted: Counted = { count: 0, excess: 0 };
    const source = receivedFrom(socket, args.bytes ?? Infinity, counted, progress);
    const toStandard = isStandard(args.file);
    const target = toStandard ? outputStream('stdout') : createWriteStream(args.file, { mode: 0o600 });
    const copied = pipeline(source, target, { end: !toStandard }).catch((error: unknown) => {
      throw new FileError(`cannot write ${args.file}: ${reasonOf(error)}`);
    });
    try {
      await stalled.whileMoving(copied, () => counted.count);
    } finally {
      progress.end();
    }
    const { count, excess } = counted;
    const isShort = args.bytes !== undefined && count < args.bytes;
    if (args.json) printJson({ bytes: count, dropped: excess });
    else {
      print('stderr', `${count} bytes received\n`);
      if (excess > 0) print('stderr', `virt2xen: ${excess} further bytes from the guest dropped\n`);
      if (isShort) print('stderr', `virt2xen: the channel closed after ${count} of ${args.bytes} bytes\n`);
    }
    return isShort ? exitCodes.document : exitCodes.done;
  });
}

interface Counted {
  count: number;
  /** Bytes after the limit. */
  excess: number;
}

/** The bytes of a channel up to a limit; then the connection is closed. */
async function* receivedFrom(
  socket: Socket,
  limit: number,
  counted: Counted,
  progress: ByteProgress,
): AsyncGenerator<Uint8Array> {
  if (limit === 0) return;
  try {
    for await (const bytes of socket as AsyncIterable<Uint8Array>) {
      const wanted = bytes.subarray(0, limit - counted.count);
      counted.count += wanted.length;
      counted.excess += bytes.length - wanted.length;
      progress.at(counted.count);
      yield wanted;
      if (counted.count >= limit) return;
    }
  } catch (error) {
    // The process that serves the channel was killed.
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_STREAM_PREMATURE_CLOSE')
      throw error;
  }
}

const idle = {
  send: 'no program in the guest reads the channel',
  receive: 'no program in the guest writes to the channel',
} as const;

async function withChannel(
  args: TransferOptions,
  what: keyof typeof idle,
  work: (socket: Socket, stalled: Stalled) => Promise<number>,
): Promise<number> {
  return await guarded(args.json, async () => {
    const { endpoint } = await endpointOfChannel(args.domain, args.channel, args.runtimeDir);
    const lock = await lockEndpoint(endpoint, {
      purpose: `virt2xen ${what}`,
      waitMs: args.lockTimeout * 1000,
      directory: join(args.runtimeDir, 'agent'),
    });
    try {
      const socket = await connect(endpoint);
      socket.on('error', () => socket.destroy());
      return await work(socket, stallOf(endpoint, args.timeout * 1000, idle[what])).finally(() => {
        socket.destroy();
      });
    } finally {
      lock[Symbol.dispose]();
    }
  });
}

async function written(socket: Socket, bytes: Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const closed = (): void =>
      reject(new AgentError('closed', 'the process that serves the channel has closed the connection'));
    if (socket.destroyed) return closed();
    socket.once('close', closed);
    socket.write(bytes, () => {
      socket.off('close', closed);
      resolve();
    });
  });
}

async function* sourceOf(file: string): AsyncGenerator<Uint8Array> {
  const stream: Readable = isStandard(file) ? process.stdin : createReadStream(file);
  try {
    yield* stream as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw new FileError(`cannot read ${file}: ${reasonOf(error)}`);
  }
}

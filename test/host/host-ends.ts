/** Programs on the host that use their end of a chardev. */
import { expect } from 'chai';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { closeSync, constants, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Uart } from './uart.js';

/** Transfers bytes in both directions between the guest and a socket of the host, and closes the socket. */
export async function exchange(guest: Uart, host: Socket): Promise<void> {
  host.write('to guest');
  expect(await guest.receive(8)).to.equal('to guest');
  await guest.send('to host');
  expect((await take(host, 7)).toString()).to.equal('to host');
  host.destroy();
}

/** The same through files that the host writes and reads. */
export async function exchangeWithDevice(guest: Uart, toGuest: string, toHost: string): Promise<void> {
  const flags = constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOCTTY;
  const [output, input] = [openSync(toGuest, flags), openSync(toHost, flags)];
  try {
    writeSync(output, 'to guest');
    expect(await guest.receive(8)).to.equal('to guest');
    await guest.send('to host');
    const buffer = Buffer.alloc(7);
    let length = 0;
    for (const until = Date.now() + 10_000; length < 7 && Date.now() < until; await delay(10)) {
      try {
        length += readSync(input, buffer, length, 7 - length, null);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      }
    }
    expect(buffer.toString()).to.equal('to host');
  } finally {
    closeSync(output);
    closeSync(input);
  }
}

/** Reads the next bytes from the guest; later bytes remain. */
export async function take(socket: Socket, length: number): Promise<Buffer> {
  let taken = Buffer.alloc(0);
  while (taken.length < length) {
    const chunk = socket.read() as Buffer | null;
    if (chunk) taken = Buffer.concat([taken, chunk]);
    else await once(socket, 'readable');
  }
  if (taken.length > length) socket.unshift(taken.subarray(length));
  return taken.subarray(0, length);
}

/** The content of a file, as soon as it has the expected length. */
export async function contentOf(path: string, length: number): Promise<string> {
  const until = Date.now() + 10_000;
  while (readFileSync(path).length < length && Date.now() < until) await delay(10);
  return readFileSync(path, 'utf8');
}

/** A server that waits for one client. */
export class Listening implements AsyncDisposable {
  readonly #server: Server;
  readonly client: Promise<Socket>;

  private constructor(server: Server) {
    this.#server = server;
    this.client = once(server, 'connection').then(([socket]) => socket as Socket);
  }

  static async at(place: string | number): Promise<Listening> {
    const server = createServer();
    const listening = once(server, 'listening');
    if (typeof place === 'string') server.listen(place);
    else server.listen(place, 'localhost');
    await listening;
    return new Listening(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    (await this.client).destroy();
    this.#server.close();
  }
}

export async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return String(port);
}

export async function udpSocket(): Promise<UdpSocket> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

export async function freeUdpPort(): Promise<number> {
  const socket = await udpSocket();
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

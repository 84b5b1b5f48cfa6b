import { createConnection, type Socket } from 'node:net';
import type { QemuVersion } from '../../qemu-syntax/version.js';
import { qmpCapabilities, type QmpRequest } from './commands.js';
import { QmpConnection } from './connection.js';
import type { QmpEvent } from './message.js';

/** QEMU answers in milliseconds unless it hangs. */
const defaultTimeoutMs = 5000;

export interface QmpOptions {
  /** For connecting and the greeting together, and for each command (default: 5000). */
  readonly timeoutMs?: number;
}

/** A connection to QEMU's monitor. Close it soon: QEMU serves one client at a time. */
export class QmpClient {
  /** The QEMU that answered. */
  readonly version: QemuVersion;
  readonly #connection: QmpConnection;
  readonly #timeoutMs: number;

  private constructor(connection: QmpConnection, version: QemuVersion, timeoutMs: number) {
    this.#connection = connection;
    this.version = version;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Connects to a monitor's Unix socket, waits for the greeting, and enters command mode.
   *
   * @throws QmpError `unreachable` if no process listens; `busy` if no greeting arrives in time: another client
   *   uses the monitor; `closed` or `protocol` if the other end is not a monitor
   */
  static async connect(path: string, options: QmpOptions = {}): Promise<QmpClient> {
    return await QmpClient.#begin(new QmpConnection(createConnection(path), path), options);
  }

  /** The same for a monitor that has connected to this program. */
  static async over(socket: Socket, options: QmpOptions = {}): Promise<QmpClient> {
    return await QmpClient.#begin(new QmpConnection(socket, 'the monitor'), options);
  }

  static async #begin(connection: QmpConnection, options: QmpOptions): Promise<QmpClient> {
    const { timeoutMs = defaultTimeoutMs } = options;
    try {
      const client = new QmpClient(connection, await connection.greeting(timeoutMs), timeoutMs);
      await client.execute(qmpCapabilities);
      return client;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /**
   * Sends a command and waits for its result. Commands are answered in the order of the calls.
   *
   * @throws QmpError `refused` with QEMU's class and desc; `timeout`, after which QEMU can still execute the
   *   command; `closed` if the connection ends first
   */
  async execute<Result>(request: QmpRequest<Result>, options: QmpOptions = {}): Promise<Result> {
    const { timeoutMs = this.#timeoutMs } = options;
    return request.read(await this.#connection.send(request.name, request.arguments, timeoutMs));
  }

  /** QEMU's events from this call on, until the connection ends or the loop is left. */
  events(): AsyncIterableIterator<QmpEvent> {
    return this.#connection.events();
  }

  /** Closes the connection; commands without an answer fail with `closed`. */
  close(): void {
    this.#connection.close();
  }
}

/** Connects, runs a function, and disconnects for the next client. */
export async function withQmp<Result>(
  path: string,
  work: (client: QmpClient) => Promise<Result>,
  options: QmpOptions = {},
): Promise<Result> {
  const client = await QmpClient.connect(path, options);
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

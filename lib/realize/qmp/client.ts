import type { QemuVersion } from './version.js';
import { qmpCapabilities, type QmpRequest } from './commands.js';
import { QmpConnection } from './connection.js';
import type { QmpEvent } from './message.js';

/** QEMU answers in milliseconds unless it hangs. */
const defaultTimeoutMs = 5000;

export interface QmpOptions {
  /** For connecting and the greeting together, and for each command; 5000 if absent. */
  readonly timeoutMs?: number;
}

/**
 * A conversation with QEMU's monitor. Close it soon: meanwhile nobody else gets through, for QEMU
 * talks to one client at a time.
 */
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
   * @throws QmpError `unreachable` where nobody listens; `busy` where no greeting comes in time: another
   *   client has the monitor; `closed` or `protocol` where no monitor is at the other end
   */
  static async connect(path: string, options: QmpOptions = {}): Promise<QmpClient> {
    const { timeoutMs = defaultTimeoutMs } = options;
    const connection = new QmpConnection(path);
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
   * @throws QmpError `refused` with QEMU's class and desc; `timeout`, after which QEMU may still carry
   *   the command out; `closed` if the connection ends first
   */
  async execute<Result>(request: QmpRequest<Result>, options: QmpOptions = {}): Promise<Result> {
    const { timeoutMs = this.#timeoutMs } = options;
    return request.read(await this.#connection.send(request.name, request.arguments, timeoutMs));
  }

  /** What QEMU tells unasked, from this call on, until the connection ends or the loop is left. */
  events(): AsyncIterableIterator<QmpEvent> {
    return this.#connection.events();
  }

  /** Ends the conversation; commands without an answer fail with `closed`. */
  close(): void {
    this.#connection.close();
  }
}

/** Connects, does what is to be done, and lets the next client have its turn. */
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

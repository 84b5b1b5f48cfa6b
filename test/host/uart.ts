/**
 * A guest without Xen: a PC whose processor is replaced by the test, over QEMU's qtest protocol. A serial port in a
 * PCI slot is the guest's end of a chardev.
 */
import { writeFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { QmpClient } from '../../lib/realize/qmp/client.js';
import { QmpError } from '../../lib/realize/qmp/error.js';
import { Daemon } from './daemon.js';

/** PCI configuration ports, and the required registers of a device (PCI Local Bus Specification). */
const pci = { address: 0xcf8, data: 0xcfc, command: 0x04, bar0: 0x10, ioEnable: 1 } as const;

/** Registers of a 16550A, as offsets from its first port. */
const uart = { data: 0, fifoControl: 2, lineStatus: 5, fifoEnable: 1, dataReady: 1 } as const;

const limitMs = 10_000;

/** QEMU as a PC, with a monitor. */
export class Pc implements AsyncDisposable {
  readonly qmp: QmpClient;
  readonly #daemon: Daemon;
  readonly #qtest: Qtest;
  #slot = 3;

  private constructor(daemon: Daemon, qmp: QmpClient, qtest: Qtest) {
    this.#daemon = daemon;
    this.qmp = qmp;
    this.#qtest = qtest;
  }

  /** @param directory for its sockets */
  static async start(program: string, directory: string, args: readonly string[] = []): Promise<Pc> {
    const [bios, monitor, qtest] = ['bios', 'monitor', 'qtest'].map((name) => join(directory, name));
    writeFileSync(bios!, new Uint8Array(65536));
    const daemon = new Daemon(
      program,
      [
        // The Xen QEMU supports qtest, which needs no processor; others support tcg, whose processor is stopped.
        ...['-machine', 'pc', '-accel', 'qtest', '-accel', 'tcg', '-S', '-m', '8', '-bios', bios!],
        ...['-nodefaults', '-no-user-config', '-display', 'none'],
        ...['-qmp', `unix:${monitor},server=on,wait=off`],
        ...['-qtest', `unix:${qtest},server=on,wait=off`, '-qtest-log', 'none'],
        ...args,
      ],
      { PATH: '/usr/bin:/bin' },
    );
    let qmp: QmpClient | undefined;
    await daemon.isReady(async () => {
      qmp = await QmpClient.connect(monitor!).catch((error: unknown) => {
        // It has not started yet, or it has exited.
        if (error instanceof QmpError) return undefined;
        throw error;
      });
      return qmp !== undefined;
    });
    return new Pc(daemon, qmp!, new Qtest(createConnection(qtest!)));
  }

  /** Plugs in a serial port that uses a chardev. */
  async uart(chardev: string): Promise<Uart> {
    const slot = this.#slot++;
    // QEMU reads slots as hexadecimal numbers.
    const device = { driver: 'pci-serial', id: `uart${slot}`, addr: slot.toString(16), chardev };
    await this.qmp.execute({ name: 'device_add', arguments: device, read: () => undefined });
    const base = 0xc000 + slot * 8;
    await this.#configure(slot, pci.bar0, base);
    await this.#configure(slot, pci.command, pci.ioEnable);
    await this.#qtest.out(base + uart.fifoControl, uart.fifoEnable);
    return new Uart(this.#qtest, base);
  }

  async #configure(slot: number, register: number, value: number): Promise<void> {
    await this.#qtest.ask(`outl ${pci.address} ${0x8000_0000 + slot * 0x800 + register}`);
    await this.#qtest.ask(`outl ${pci.data} ${value}`);
  }

  get output(): string {
    return this.#daemon.output;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.qmp.close();
    this.#qtest.close();
    await this.#daemon.stop('SIGKILL');
  }
}

/** The guest's end. */
export class Uart {
  readonly #qtest: Qtest;
  readonly #base: number;

  constructor(qtest: Qtest, base: number) {
    this.#qtest = qtest;
    this.#base = base;
  }

  async send(text: string): Promise<void> {
    for (const byte of Buffer.from(text)) await this.#qtest.out(this.#base + uart.data, byte);
  }

  /** Waits for as many bytes as a text has, and returns them. */
  async receive(length: number): Promise<string> {
    const bytes: number[] = [];
    const until = Date.now() + limitMs;
    while (bytes.length < length) {
      if (Date.now() > until) throw new Error(`only ${JSON.stringify(Buffer.from(bytes).toString())} came`);
      const status = await this.#qtest.in(this.#base + uart.lineStatus);
      if ((status & uart.dataReady) === 0) await delay(5);
      else bytes.push(await this.#qtest.in(this.#base + uart.data));
    }
    return Buffer.from(bytes).toString();
  }
}

/** The qtest protocol (qemu: system/qtest.c): one line for each command and each answer. */
class Qtest {
  readonly #socket: Socket;
  readonly #answers: AsyncIterator<string>;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#answers = createInterface({ input: socket })[Symbol.asyncIterator]();
  }

  async ask(command: string): Promise<string> {
    this.#socket.write(`${command}\n`);
    const { value } = (await this.#answers.next()) as { readonly value: string | undefined };
    if (value?.startsWith('OK') !== true) throw new Error(`qtest ${command}: ${String(value)}`);
    return value.slice(3);
  }

  async out(port: number, byte: number): Promise<void> {
    await this.ask(`outb ${port} ${byte}`);
  }

  async in(port: number): Promise<number> {
    return Number(await this.ask(`inb ${port}`));
  }

  close(): void {
    this.#socket.destroy();
  }
}

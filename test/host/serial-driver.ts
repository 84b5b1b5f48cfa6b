import { createConnection, type Socket } from 'node:net';

/** The registers of the legacy interface of virtio over PCI (virtio 1.1, 4.1.4.8), and the status bits. */
const register = { guestFeatures: 4, queuePage: 8, queueSize: 12, queueSelect: 14, notify: 16, status: 18 };
const driverIsReady = 1 | 2 | 4;

/** VIRTIO_CONSOLE_F_MULTIPORT, and the queue to the device for control messages (virtio 1.1, 5.3). */
const multiport = 1 << 1;
const controlQueue = 3;
const event = { deviceReady: 0, portReady: 3, portOpen: 6 };

const pageSize = 4096;
/** Free memory of a guest that does not run. */
const queuePage = 0x100;
const message = 0x200000;

/**
 * The driver of a virtio-serial controller in a guest that runs no code: it drives the device over QEMU's qtest
 * (docs/devel/testing/qtest), as Linux's virtio_console drives it.
 */
export class SerialDriver implements Disposable {
  readonly #socket: Socket;
  readonly #waiting: ((answer: string) => void)[] = [];
  #ioBase = 0;
  #queueSize = 0;
  #sent = 0;

  private constructor(path: string) {
    let text = '';
    this.#socket = createConnection(path).setEncoding('utf8');
    this.#socket.on('data', (chunk: string) => {
      const lines = (text + chunk).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) if (!line.startsWith('IRQ')) this.#waiting.shift()?.(line);
    });
  }

  /** @param path the socket of `-qtest` */
  static async start(path: string): Promise<SerialDriver> {
    const driver = new SerialDriver(path);
    await driver.#findController();
    await driver.#out('b', register.status, driverIsReady);
    await driver.#out('l', register.guestFeatures, multiport);
    await driver.#out('w', register.queueSelect, controlQueue);
    driver.#queueSize = await driver.#ask(`inw ${driver.#ioBase + register.queueSize}`);
    await driver.#out('l', register.queuePage, queuePage);
    await driver.#send(0, event.deviceReady, 1);
    return driver;
  }

  /**
   * What a program in the guest causes by open or close. QEMU reports a port once in a second; in qtest its clock has to be
   * advanced (monitor/monitor.c: monitor_get_event_clock).
   */
  async setOpen(nr: number, isOpen: boolean): Promise<void> {
    await this.#send(nr, event.portReady, 1);
    await this.#send(nr, event.portOpen, isOpen ? 1 : 0);
    await this.#ask('clock_step 1000000000');
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  /** Finds the controller on the first bus, and gives it ports and memory access. */
  async #findController(): Promise<void> {
    const [address, value] = [0xcf8, 0xcfc];
    const select = (slot: number, offset: number): Promise<number> =>
      this.#ask(`outl ${address} ${0x80000000 + slot * 0x800 + offset}`);
    for (let slot = 0; slot < 32; slot++) {
      await select(slot, 0);
      if ((await this.#ask(`inl ${value}`)) !== 0x10031af4) continue;
      this.#ioBase = 0xc000;
      await select(slot, 0x10);
      await this.#ask(`outl ${value} ${this.#ioBase}`);
      await select(slot, 4);
      await this.#ask(`outl ${value} 7`);
      return;
    }
    throw new Error('there is no virtio-serial controller');
  }

  /** Places a control message in the queue, and notifies the device. */
  async #send(nr: number, kind: number, value: number): Promise<void> {
    const [descriptors, available] = [queuePage * pageSize, queuePage * pageSize + 16 * this.#queueSize];
    const control = Buffer.alloc(8);
    control.writeUInt32LE(nr, 0);
    control.writeUInt16LE(kind, 4);
    control.writeUInt16LE(value, 6);
    const descriptor = Buffer.alloc(16);
    descriptor.writeUInt32LE(message, 0);
    descriptor.writeUInt32LE(control.length, 8);
    this.#sent += 1;
    const ring = Buffer.alloc(4);
    ring.writeUInt16LE(this.#sent, 2);
    await this.#write(message, control);
    await this.#write(descriptors, descriptor);
    // All entries of the ring are descriptor 0.
    await this.#write(available, ring);
    await this.#out('w', register.notify, controlQueue);
  }

  async #write(address: number, bytes: Buffer): Promise<void> {
    await this.#ask(`write ${address} ${bytes.length} 0x${bytes.toString('hex')}`);
  }

  async #out(width: 'b' | 'w' | 'l', offset: number, value: number): Promise<void> {
    await this.#ask(`out${width} ${this.#ioBase + offset} ${value}`);
  }

  /** Sends a command. @returns the number in the answer, if there is one */
  async #ask(command: string): Promise<number> {
    const answer = await new Promise<string>((resolve, reject) => {
      this.#waiting.push(resolve);
      this.#socket.once('error', reject);
      this.#socket.write(`${command}\n`, () => this.#socket.off('error', reject));
    });
    const [, number] = /^OK(?: (0x[0-9a-fA-F]+))?$/.exec(answer) ?? [];
    if (!answer.startsWith('OK')) throw new Error(`qtest: ${command}: ${answer}`);
    return Number(number ?? 0);
  }
}

import { createServer, type Server, type Socket } from 'node:net';
import { isSpareName } from '../qemu-syntax/port-rules.js';
import { domId, type DomId } from '../realize/domid.js';
import { privateAccess } from '../realize/qemu/access.js';
import { presentPorts } from '../realize/qemu/port.js';
import { QmpClient } from '../realize/qmp/client.js';
import { queryChardev } from '../realize/qmp/commands.js';
import { QmpError } from '../realize/qmp/error.js';
import { booleanOf, textOf } from '../realize/qmp/json.js';
import type { QmpEvent } from '../realize/qmp/message.js';
import { listenAt } from './listen.js';

/**
 * The ports that programs in the guests have open, of the guests whose device model connects to the socket of the daemon
 * (qemu-syntax/port-monitor.ts). QEMU reports each change, at most one per second and port: a guest cannot cause more work.
 */
export class PortMonitors implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #monitors = new Map<DomId, PortMonitor>();
  readonly #onChange: (domid: DomId) => void;

  private constructor(onChange: (domid: DomId) => void) {
    this.#onChange = onChange;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      void this.#follow(socket);
    });
  }

  /**
   * @param path the socket, for root only
   * @param onChange called when a port was opened or closed, and when the device model has exited
   * @throws QemuError `socket` if another process listens there
   */
  static async listen(path: string, onChange: (domid: DomId) => void): Promise<PortMonitors> {
    const monitors = new PortMonitors(onChange);
    await listenAt(monitors.#server, path, privateAccess);
    return monitors;
  }

  /** The names of the open ports; undefined if the device model has no monitor for the daemon. */
  openPorts(domid: DomId): ReadonlySet<string> | undefined {
    return this.#monitors.get(domid)?.open;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #follow(socket: Socket): Promise<void> {
    try {
      const qmp = await QmpClient.over(socket);
      const events = qmp.events();
      const domid = await domidOf(qmp);
      if (domid === undefined) return;
      const monitor = new PortMonitor(qmp);
      await monitor.read();
      this.#monitors.set(domid, monitor);
      try {
        this.#onChange(domid);
        for await (const event of events) if (await monitor.apply(event)) this.#onChange(domid);
      } finally {
        if (this.#monitors.get(domid) === monitor) this.#monitors.delete(domid);
        this.#onChange(domid);
      }
    } catch (error) {
      // QEMU has exited, or does not answer; it connects again.
      if (!(error instanceof QmpError)) throw error;
    } finally {
      socket.destroy();
    }
  }
}

/** The ports of one device model, by the IDs of their devices. */
class PortMonitor {
  readonly #qmp: QmpClient;
  readonly #names = new Map<string, string>();
  readonly #open = new Set<string>();

  constructor(qmp: QmpClient) {
    this.#qmp = qmp;
  }

  get open(): ReadonlySet<string> {
    return new Set([...this.#open].flatMap((id) => this.#names.get(id) ?? []));
  }

  /** Reads the ports, and which of them are open. */
  async read(): Promise<void> {
    const chardevs = await this.#qmp.execute(queryChardev);
    for (const { id, name, chardev } of await presentPorts(this.#qmp)) {
      if (id === undefined || isSpareName(name)) continue;
      this.#names.set(id, name);
      if (chardevs.some(({ label, frontendOpen }) => label === chardev && frontendOpen)) this.#open.add(id);
    }
  }

  /** @returns whether a port was opened, closed or removed */
  async apply({ name, data }: QmpEvent): Promise<boolean> {
    if (name === 'DEVICE_DELETED') {
      const id = data['device'];
      return typeof id === 'string' && this.#names.delete(id) && this.#open.delete(id);
    }
    if (name !== 'VSERPORT_CHANGE') return false;
    const id = textOf(data['id']);
    if (!booleanOf(data['open'])) return this.#open.delete(id);
    this.#open.add(id);
    // A port that was attached since.
    if (!this.#names.has(id)) await this.read();
    return true;
  }
}

/** The domain of a device model, from the path of a monitor that libxl has given it (libxl_dm.c). */
async function domidOf(qmp: QmpClient): Promise<DomId | undefined> {
  for (const { label, filename } of await qmp.execute(queryChardev)) {
    const [, domid] = /\/qmp-(?:libxl|libxenstat)-([0-9]{1,5})(?:,|$)/.exec(filename) ?? [];
    if (/^(?:libxl|libxenstat)-cmd$/.test(label) && domid !== undefined) return domIdOf(domid);
  }
  return undefined;
}

function domIdOf(text: string): DomId | undefined {
  try {
    return domId(Number(text));
  } catch {
    return undefined;
  }
}

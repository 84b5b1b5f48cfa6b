import { createConnection } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { domId, type DomId } from '../../lib/realize/domid.js';
import { Xenstore } from '../../lib/realize/xenstore/client.js';
import { Connection } from '../../lib/realize/xenstore/connection.js';
import { xenstorePath } from '../../lib/realize/xenstore/path.js';
import { encodeTexts } from '../../lib/realize/xenstore/payload.js';
import type { Dom0 } from './dom0.js';
import { consoleRing, Ring, xenstoreRing, type RingLayout } from './ring.js';

/** GNTTAB_RESERVED_XENSTORE, which C xenstored maps; oxenstored maps the frame of INTRODUCE. */
const xenstorePage = 1;
const xenstorePort = 1;

/** A simulated domain; the real daemons determine its permissions. */
export class Guest implements AsyncDisposable {
  readonly #dom0: Dom0;
  readonly domid: DomId;
  /** Xenstore, over the ring of the domain. */
  readonly store: Xenstore;

  private constructor(dom0: Dom0, domid: DomId) {
    this.#dom0 = dom0;
    this.domid = domid;
    this.store = new Xenstore(this.#ring(xenstoreRing, xenstorePage, xenstorePort));
  }

  /**
   * Creates a domain, and introduces it to xenstored as libxl does: with its directory, in which it can write `data`
   * and the given nodes.
   */
  static async start(dom0: Dom0, number: number): Promise<Guest> {
    const domid = domId(number);
    dom0.createDomain(domid);
    dom0.createPage(domid, xenstorePage);
    await using store = await Xenstore.connect(dom0.socket);
    const home = xenstorePath(`/local/domain/${domid}`);
    await store.mkdir(home);
    await store.setPermissions(home, {
      owner: domId(0),
      others: 'none',
      domains: [{ domain: domid, access: 'read' }],
    });
    const data = xenstorePath(`${home}/data`);
    await store.mkdir(data);
    await store.setPermissions(data, { owner: domid, others: 'none' });
    await introduce(dom0, domid);
    return new Guest(dom0, domid);
  }

  /**
   * Does the same as Linux's hvc_xen when it finds a console, and waits until the backend is connected.
   * @param devid 1 and up: a channel
   * @returns the guest's end of the channel
   */
  async openConsole(devid: number): Promise<Duplex> {
    const frontend = `device/console/${devid}`;
    const [page, port] = [100 + devid, 100 + devid];
    this.#dom0.createPage(this.domid, page);
    await this.store.transaction(async (nodes) => {
      await nodes.write(xenstorePath(`${frontend}/ring-ref`), String(page));
      await nodes.write(xenstorePath(`${frontend}/port`), String(port));
    });
    const state = xenstorePath(`${frontend}/state`);
    await this.store.write(state, '3');
    const backend = await this.store.read(xenstorePath(`${frontend}/backend`));
    await this.store.waitFor(xenstorePath(`${backend ?? ''}/state`), (value) => value === '4');
    await this.store.write(state, '4');
    return this.#ring(consoleRing, page, port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store[Symbol.asyncDispose]();
  }

  #ring(layout: RingLayout, page: number, port: number): Ring {
    const { machine } = this.#dom0;
    return new Ring({
      layout,
      page: join(machine, `page-${this.domid}-${page}`),
      event: join(machine, `event-${this.domid}-${port}`),
      domid: this.domid,
      port,
    });
  }
}

/** INTRODUCE is only for toolstacks; our client does not support it. */
export async function introduce(dom0: Dom0, domid: DomId): Promise<void> {
  const ignore = (): void => undefined;
  const stream = createConnection(dom0.socket);
  const connection = new Connection(stream, { timeoutMs: 10_000, onEvent: ignore, onFailure: ignore });
  const payload = encodeTexts(String(domid), String(xenstorePage), String(xenstorePort));
  await connection.request({ operation: 'INTRODUCE', payload });
  stream.destroy();
}

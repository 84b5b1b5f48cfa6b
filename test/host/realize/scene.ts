import { expect } from 'chai';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { Channel } from '../../../lib/index.js';
import { domId, type DomId } from '../../../lib/realize/domid.js';
import { findDomain, type RunningDomain } from '../../../lib/realize/dom0/domain.js';
import type { Host } from '../../../lib/realize/dom0/host.js';
import { findQemu } from '../../../lib/realize/qemu/binary.js';
import { withQmp } from '../../../lib/realize/qmp/client.js';
import { QmpError } from '../../../lib/realize/qmp/error.js';
import { Xenstore } from '../../../lib/realize/xenstore/client.js';
import type { Nodes } from '../../../lib/realize/xenstore/nodes.js';
import { below, xenstorePath, type XenstorePath } from '../../../lib/realize/xenstore/path.js';
import { formatPermissions, readPermissions } from '../../../lib/realize/xenstore/permissions.js';
import type { Daemon } from '../daemon.js';
import { Dom0, type StoreDaemon } from '../dom0.js';
import { Guest } from '../guest.js';
import type { Programs } from '../programs.js';

export const domid = 7;
export const uuid = '01234567-89ab-cdef-0123-456789abcdef';

/** A dom0 with a guest that has no channels yet. */
export class Scene implements AsyncDisposable {
  readonly dom0: Dom0;
  readonly store: Xenstore;
  readonly guest: Guest;
  readonly domain: RunningDomain;
  /** A directory for sockets and files. */
  readonly folder: string;
  readonly runtime: string;
  readonly #programs: Programs;

  private constructor(dom0: Dom0, store: Xenstore, guest: Guest, domain: RunningDomain, programs: Programs) {
    this.dom0 = dom0;
    this.store = store;
    this.guest = guest;
    this.domain = domain;
    this.#programs = programs;
    this.folder = join(dom0.directory, 's');
    this.runtime = join(dom0.directory, 'v');
    mkdirSync(this.folder);
  }

  static async start(programs: Programs, daemon: StoreDaemon = 'xenstored'): Promise<Scene> {
    const dom0 = await Dom0.start(programs, daemon);
    const store = await Xenstore.connect(dom0.socket);
    await store.write(xenstorePath('/local/domain/0/name'), 'Domain-0');
    const guest = await Guest.start(dom0, domid);
    await asLibxlMakesIt(store, guest.domid, 'guest', uuid);
    return new Scene(dom0, store, guest, await findDomain(store, String(domid)), programs);
  }

  host(given: Partial<Host> = {}): Host {
    return {
      store: this.store,
      runtimeDirectory: this.runtime,
      qmpDirectory: this.dom0.machine,
      findQemu: () => findQemu([this.#programs.qemu]),
      environment: this.dom0.environment,
      closeTimeoutMs: 1000,
      ...given,
    };
  }

  /** Starts a device model as libxl does, and writes its nodes to xenstore. */
  async startDeviceModel(): Promise<void> {
    const socket = this.monitor;
    const qemu = this.dom0.startQemu([
      ...['-xen-domid', String(domid), '-xen-attach', '-name', 'guest', '-machine', 'xenpv'],
      ...['-nodefaults', '-no-user-config', '-display', 'none', '-nographic'],
      ...['-chardev', `socket,id=libxl-cmd,path=${socket},server=on,wait=off`],
      ...['-mon', 'chardev=libxl-cmd,mode=control'],
    ]);
    const state = xenstorePath(`/local/domain/0/device-model/${domid}/state`);
    await qemu.isReady(async () => (await this.store.read(state)) === 'running');
    await this.store.write(xenstorePath(`/local/domain/${domid}/image/device-model-pid`), String(qemu.pid));
  }

  /**
   * Starts a device model with the devices of a PC, whose guest does not run: it serves no consoles.
   * @param args those of the domain's config
   */
  async startPcDeviceModel(args: readonly string[]): Promise<Daemon> {
    const socket = this.monitor;
    // That of a device model that was killed.
    rmSync(socket, { force: true });
    const qemu = this.dom0.startQemu([
      ...['-xen-domid', String(domid), '-accel', 'qtest', '-machine', 'pc', '-m', '16', '-S'],
      ...['-nodefaults', '-no-user-config', '-display', 'none'],
      ...['-chardev', `socket,id=libxl-cmd,path=${socket},server=on,wait=off`],
      ...['-mon', 'chardev=libxl-cmd,mode=control', ...args],
    ]);
    await qemu.isReady(() =>
      withQmp(socket, () => Promise.resolve(true)).catch((error: unknown) => {
        if (error instanceof QmpError && error.failure === 'unreachable') return false;
        throw error;
      }),
    );
    await this.store.write(xenstorePath(`/local/domain/${domid}/image/device-model-pid`), String(qemu.pid));
    return qemu;
  }

  /** The monitor of the device model. */
  get monitor(): string {
    return join(this.dom0.machine, `qmp-libxl-${domid}`);
  }

  /** Changes xenstore as libxl does when a domain is destroyed (libxl_domain.c: devices_destroy_cb). */
  async destroyDomain(): Promise<void> {
    const consoles = xenstorePath(`/libxl/${domid}/device/console`);
    for (const devid of (await this.store.directory(consoles)) ?? []) {
      const backend = await this.store.read(below(consoles, devid, 'backend'));
      if (backend !== undefined) await this.store.remove(xenstorePath(backend));
    }
    for (const path of [
      `/local/domain/0/backend/console/${domid}`,
      `/local/domain/0/device-model/${domid}`,
    ]) {
      await this.store.remove(xenstorePath(path));
    }
    for (const path of [`/libxl/${domid}`, `/vm/${uuid}`, `/local/domain/${domid}`]) {
      await this.store.remove(xenstorePath(path));
    }
    this.dom0.destroyDomain(domid);
  }

  /** Every node with its value and permissions, sorted. */
  dump(top = '/'): Promise<readonly string[]> {
    return dumpOf(this.store, xenstorePath(top));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.guest[Symbol.asyncDispose]();
    this.store.close();
    await this.dom0[Symbol.asyncDispose]();
  }
}

/** The nodes of a domain without devices (libxl_create.c: libxl__domain_make). */
export async function asLibxlMakesIt(
  store: Xenstore,
  number: DomId,
  name: string,
  vmUuid: string,
): Promise<void> {
  const home = xenstorePath(`/local/domain/${number}`);
  await store.write(below(home, 'vm'), `/vm/${vmUuid}`);
  await store.write(below(home, 'name'), name);
  await store.write(xenstorePath(`/vm/${vmUuid}/uuid`), vmUuid);
  for (const path of [`${home}/device`, `/libxl/${number}/device`]) {
    await store.mkdir(xenstorePath(path));
  }
  await store.setPermissions(below(home, 'device'), readPermissions(['n0', `r${number}`]));
  for (const path of [`/libxl/${number}`, `/libxl/${number}/device`]) {
    await store.setPermissions(xenstorePath(path), { owner: domId(0), others: 'none' });
  }
}

async function dumpOf(store: Nodes, path: XenstorePath): Promise<readonly string[]> {
  const permissions = await store.permissions(path);
  const value = (await store.read(path)) ?? '';
  const lines = [`${path} = ${JSON.stringify(value)} (${permissions ? formatPermissions(permissions) : ''})`];
  for (const name of ((await store.directory(path)) ?? []).toSorted()) {
    lines.push(...(await dumpOf(store, below(path, name))));
  }
  return lines;
}

export const pty = (name: string): Channel => ({ name, connection: { kind: 'pty' } });

export const socket = (name: string, path: string): Channel => ({
  name,
  connection: { kind: 'socket', mode: 'listen', path },
});

/**
 * Transfers bytes in both directions between the guest's end of a channel and a new client of its socket. QEMU has
 * accepted the client when the guest receives its bytes.
 */
export async function expectBytes(inside: Duplex, path: string): Promise<void> {
  const outside = createConnection(path).setEncoding('utf8');
  await once(outside, 'connect');
  outside.write('to the guest');
  expect(await once(inside, 'data')).to.deep.equal(['to the guest']);
  inside.write('to the host');
  expect(await once(outside, 'data')).to.deep.equal(['to the host']);
  outside.destroy();
}

import { expect } from 'chai';
import { domId } from '../../../lib/realize/domid.js';
import { below, xenstorePath } from '../../../lib/realize/xenstore/path.js';
import { readPermissions } from '../../../lib/realize/xenstore/permissions.js';
import { Guest } from '../guest.js';
import { failure, withStore } from './stores.js';

const home = xenstorePath('/local/domain/7');
const device = below(home, 'device');

withStore('a guest', ({ daemon, store, dom0 }) => {
  let guest: Guest;
  before(async () => {
    guest = await Guest.start(dom0(), 7);
  });
  after(() => guest[Symbol.asyncDispose]());

  it('reads nodes with read permission, by absolute and by relative paths', async () => {
    await store().write(below(home, 'name'), 'guest7');
    expect(await guest.store.read(below(home, 'name'))).to.equal('guest7');
    expect(await guest.store.read(xenstorePath('name'))).to.equal('guest7');
    expect(await guest.store.directory(xenstorePath('data'))).to.deep.equal([]);
  });

  it('gets an error for nodes without read permission', async () => {
    await store().write(xenstorePath('/a'), 'secret');
    expect(await failure(guest.store.read(xenstorePath('/a')))).to.include({
      code: 'EACCES',
      operation: 'READ',
    });
    for (const path of ['name', '/local/domain/0/x', '/libxl/7/x', 'device/console/3']) {
      const error = await failure(guest.store.write(xenstorePath(path), 'mine'));
      expect(error, path).to.include({ code: 'EACCES', operation: 'WRITE', path });
    }
  });

  it('writes its own nodes, and cannot give them away', async () => {
    const node = xenstorePath('data/node');
    await guest.store.write(node, 'mine');
    expect(await store().read(below(home, 'data', 'node'))).to.equal('mine');
    expect(await guest.store.permissions(node)).to.deep.equal(readPermissions(['n7']));
    const gift = guest.store.setPermissions(node, { owner: domId(0), others: 'none' });
    expect(await failure(gift)).to.include({ code: daemon === 'xenstored' ? 'EPERM' : 'EACCES' });
  });

  it('has the access to a channel that the keys grant', async () => {
    const frontend = below(device, 'console', 1);
    await store().transaction(async (nodes) => {
      await nodes.mkdir(frontend);
      await nodes.setPermissions(frontend, readPermissions(['n7', 'r0']));
      await nodes.write(below(frontend, 'state'), '1');
      await nodes.write(below(frontend, 'name'), 'org.qemu.guest_agent.0');
      await nodes.setPermissions(below(frontend, 'name'), readPermissions(['n0', 'r7']));
    });
    const own = (name: string) => xenstorePath(`device/console/1/${name}`);
    expect(await guest.store.read(own('name'))).to.equal('org.qemu.guest_agent.0');
    expect(await failure(guest.store.write(own('name'), 'another'))).to.include({ code: 'EACCES' });
    await guest.store.write(own('state'), '3');
    expect(await store().read(below(frontend, 'state'))).to.equal('3');
  });

  it('sees the changes of dom0, and dom0 those of the guest', async () => {
    const node = below(home, 'data', 'seen');
    const [ours, theirs] = [node, xenstorePath('data/seen')];
    const seen = guest.store.waitFor(theirs, (value) => value === 'from dom0');
    await store().write(ours, 'from dom0');
    expect(await seen).to.equal('from dom0');
    await store().setPermissions(ours, readPermissions(['n7']));
    const answered = store().waitFor(ours, (value) => value === 'from the guest');
    await guest.store.write(theirs, 'from the guest');
    expect(await answered).to.equal('from the guest');
  });

  it('sends pipelined requests through a ring of 1024 bytes', async () => {
    const nodes = Array.from({ length: 50 }, (_, i) => xenstorePath(`data/piped-${i}`));
    const value = 'v'.repeat(300);
    await Promise.all(nodes.map((node) => guest.store.write(node, value)));
    const values = await Promise.all(nodes.map((node) => guest.store.read(node)));
    expect(values).to.deep.equal(nodes.map(() => value));
  });

  it('can watch again and again, because an ended watch does not count', async () => {
    // C xenstored allows 128 at a time, oxenstored 100.
    for (let i = 0; i < 150; i += 1) {
      for await (const path of await guest.store.watch(xenstorePath('data'))) {
        expect(path).to.equal('data');
        break;
      }
    }
  });

  it('has a quota', async () => {
    const fill = async (): Promise<void> => {
      for (let i = 0; i < 1100; i += 1) await guest.store.write(xenstorePath(`data/many-${i}`), '');
    };
    expect(await failure(fill())).to.include({ code: 'ENOSPC', operation: 'WRITE' });
  });
});

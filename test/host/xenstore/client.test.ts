import { expect } from 'chai';
import { Xenstore } from '../../../lib/realize/xenstore/client.js';
import { below, xenstorePath } from '../../../lib/realize/xenstore/path.js';
import { formatPermissions, readPermissions } from '../../../lib/realize/xenstore/permissions.js';
import { failure, withStore } from './stores.js';

const a = xenstorePath('/a');

withStore('nodes', ({ daemon, store }) => {
  it('have values that are text or bytes', async () => {
    await store().write(a, 'größe\n');
    expect(await store().read(a)).to.equal('größe\n');
    const bytes = Uint8Array.of(0, 255, 0);
    await store().write(a, bytes);
    expect(await store().readBytes(a)).to.deep.equal(bytes);
    expect(await failure(store().read(a))).to.include({ code: 'EILSEQ', operation: 'READ', path: '/a' });
    await store().write(a, '');
    expect(await store().read(a)).to.equal('');
  });

  it('are undefined if they do not exist', async () => {
    for (const path of [below(a, 'nothing'), xenstorePath('/no/such/parent')]) {
      expect(await store().read(path)).to.equal(undefined);
      expect(await store().readBytes(path)).to.equal(undefined);
      expect(await store().directory(path)).to.equal(undefined);
      expect(await store().permissions(path)).to.equal(undefined);
    }
  });

  it('are created with their parents, and removed with their children', async () => {
    await store().write(below(a, 'b', 'c'), '1');
    await store().mkdir(below(a, 'b', 'd'));
    await store().mkdir(below(a, 'b', 'c'));
    expect(await store().read(below(a, 'b', 'c'))).to.equal('1');
    expect(await store().directory(a)).to.deep.equal(['b']);
    expect(await store().directory(below(a, 'b'))).to.deep.equal(['c', 'd']);
    expect(await store().directory(below(a, 'b', 'd'))).to.deep.equal([]);
    await store().remove(below(a, 'b'));
    expect(await store().directory(a)).to.deep.equal([]);
  });

  it('can be removed if they do not exist', async () => {
    await store().remove(below(a, 'nothing'));
    await store().remove(xenstorePath('/no/such/parent'));
  });

  it('include some that cannot be removed as a whole', async () => {
    await store().write(a, 'here');
    expect(await failure(store().remove(xenstorePath('/')))).to.include({ code: 'EINVAL', operation: 'RM' });
    expect(await store().read(a)).to.equal('here');
  });

  it("can have relative paths, below dom0's home", async () => {
    await store().write(xenstorePath('relative/node'), 'x');
    expect(await store().read(xenstorePath('/local/domain/0/relative/node'))).to.equal('x');
  });

  it('have the permissions of their parents, until these are changed', async () => {
    const permissions = readPermissions(['n0', 'r7', 'b3']);
    await store().mkdir(a);
    await store().setPermissions(a, permissions);
    expect(await store().permissions(a)).to.deep.equal(permissions);
    await store().write(below(a, 'child'), '');
    expect(formatPermissions((await store().permissions(below(a, 'child')))!)).to.equal('n0,r7,b3');
    const missing = store().setPermissions(below(a, 'nothing'), permissions);
    expect(await failure(missing)).to.include({ code: 'ENOENT', operation: 'SET_PERMS' });
  });

  it('are not written by requests too large for a message, and the connection stays open', async () => {
    const error = await failure(store().write(a, 'x'.repeat(4094)));
    expect(error).to.include({ code: 'E2BIG', operation: 'WRITE', path: '/a' });
    await store().write(a, 'x'.repeat(2048));
    expect(await store().read(a)).to.have.length(2048);
  });

  it('are written and read by 5,000 concurrent requests, and listed', async () => {
    const numbers = Array.from({ length: 5000 }, (_, number) => number);
    const nodes = numbers.map((number) => xenstorePath(`/large/node-${number}`));
    await Promise.all(nodes.map((node, number) => store().write(node, String(number))));
    const values = await Promise.all(nodes.map((node) => store().read(node)));
    expect(values).to.deep.equal(numbers.map(String));
    // Their names have 48,890 bytes: C xenstored returns them in parts.
    const names = await store().directory(xenstorePath('/large'));
    expect(new Set(names)).to.deep.equal(new Set(numbers.map((number) => `node-${number}`)));
    expect(names).to.have.length(5000);
    expect(names?.slice(0, 3)).to.deep.equal(
      daemon === 'xenstored' ? ['node-0', 'node-1', 'node-2'] : ['node-0', 'node-1', 'node-10'],
    );
  });

  it('are listed consistently, however large the directory is and however often others change it', async () => {
    const directory = xenstorePath('/busy');
    const numbers = Array.from({ length: 1000 }, (_, number) => number);
    await Promise.all(numbers.map((number) => store().mkdir(below(directory, `first-${number}`))));
    const listed = store().directory(directory);
    for (let number = 0; number < 5; number += 1) {
      await store().remove(below(directory, `first-${number}`));
      await store().mkdir(below(directory, `last-${number}`));
    }
    const names = (await listed)!;
    const [first, last] = ['first', 'last'].map((start) =>
      names.filter((name) => name.startsWith(`${start}-`)),
    );
    expect(first!.length + last!.length, 'whole names').to.equal(names.length);
    const removed = 1000 - first!.length;
    expect(first).to.have.members(numbers.slice(removed).map((number) => `first-${number}`));
    expect(last!.length).to.be.within(removed - 1, removed);
  });
});

withStore('a transaction', ({ store, dom0 }) => {
  it('shows its changes to others atomically', async () => {
    await store().write(a, 'before');
    await using other = await Xenstore.connect(dom0().socket);
    const result = await store().transaction(async (nodes) => {
      await nodes.write(a, 'after');
      await nodes.write(below(a, 'child'), 'after');
      expect(await nodes.read(a)).to.equal('after');
      expect(await other.read(a)).to.equal('before');
      return 'result';
    });
    expect(result).to.equal('result');
    expect(await other.read(a)).to.equal('after');
    expect(await other.read(below(a, 'child'))).to.equal('after');
  });

  it('leaves no trace if its body throws', async () => {
    await store().write(a, 'before');
    const thrown = new Error('changed my mind');
    const error = await failure(
      store().transaction(async (nodes) => {
        await nodes.write(a, 'after');
        throw thrown;
      }),
    );
    expect(error).to.equal(thrown);
    expect(await store().read(a)).to.equal('before');
  });

  it('runs again if another client changed what it read', async () => {
    await store().write(a, '1');
    let runs = 0;
    await store().transaction(async (nodes) => {
      runs += 1;
      const number = Number(await nodes.read(a));
      if (runs < 3) await store().write(a, String(number + 10));
      await nodes.write(a, String(number + 1));
    });
    expect(runs).to.equal(3);
    expect(await store().read(a)).to.equal('22');
  });

  it('loses no increment of ten concurrent ones', async () => {
    await store().write(a, '0');
    const count = (): Promise<void> =>
      store().transaction(
        async (nodes) => {
          await nodes.write(a, String(Number(await nodes.read(a)) + 1));
        },
        { attempts: 100 },
      );
    await Promise.all(Array.from({ length: 10 }, count));
    expect(await store().read(a)).to.equal('10');
  });

  it('fails with EAGAIN after its last attempt', async () => {
    let runs = 0;
    const conflict = store().transaction(
      async (nodes) => {
        runs += 1;
        await nodes.read(a);
        await store().write(a, `theirs ${runs}`);
        await nodes.write(a, 'mine');
      },
      { attempts: 3 },
    );
    expect(await failure(conflict)).to.include({ code: 'EAGAIN', operation: 'TRANSACTION_END' });
    expect(runs).to.equal(3);
    expect(await store().read(a)).to.equal('theirs 3');
  });

  it('stops on its signal, between two attempts', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    let runs = 0;
    const conflict = store().transaction(
      async (nodes) => {
        await nodes.read(a);
        await store().write(a, String(Math.random()));
        await nodes.write(a, 'mine');
        runs += 1;
        if (runs === 5) controller.abort(reason);
      },
      { signal: controller.signal },
    );
    expect(await failure(conflict)).to.equal(reason);
  });

  it('cannot be used after its end', async () => {
    const nodes = await store().transaction((inside) => Promise.resolve(inside));
    expect(await failure(nodes.write(a, 'late'))).to.include({ code: 'EINVAL', path: '/a' });
  });

  it('waits for the end of another one of its connection', async () => {
    const order: string[] = [];
    const add = (name: string) =>
      store().transaction(async (nodes) => {
        order.push(`${name} begins`);
        await nodes.write(below(a, name), '');
        order.push(`${name} ends`);
      });
    const failed = failure(store().transaction(() => Promise.reject(new Error('not this one'))));
    await Promise.all([add('x'), failed, add('y')]);
    expect(order).to.deep.equal(['x begins', 'x ends', 'y begins', 'y ends']);
  });
});

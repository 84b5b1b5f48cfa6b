import { expect } from 'chai';
import { setTimeout as delay } from 'node:timers/promises';
import { domId } from '../../../lib/realize/domid.js';
import { Xenstore } from '../../../lib/realize/xenstore/client.js';
import { below, xenstorePath } from '../../../lib/realize/xenstore/path.js';
import { formatPermissions, readPermissions } from '../../../lib/realize/xenstore/permissions.js';
import { Guest } from '../guest.js';
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
});

withStore('a watch', ({ store, dom0 }) => {
  it('fires immediately, and for every change at or below its node', async () => {
    await using watch = await store().watch(a);
    const changes = watch[Symbol.asyncIterator]();
    const next = async (): Promise<string | undefined> => (await changes.next()).value ?? undefined;
    expect(await next()).to.equal('/a');
    await store().write(below(a, 'b', 'c'), '1');
    expect(await next()).to.equal('/a/b/c');
    await store().write(xenstorePath('/elsewhere'), '1');
    await store().write(below(a, 'b'), '2');
    expect(await next()).to.equal('/a/b');
    await store().remove(below(a, 'b'));
    expect(await next()).to.equal('/a/b');
  });

  it('fires after the commit of a transaction, not before', async () => {
    await using watch = await store().watch(a);
    const changes = watch[Symbol.asyncIterator]();
    await changes.next();
    await store().transaction(async (nodes) => {
      await nodes.write(below(a, 'inside'), '1');
      await store().write(xenstorePath('/a-neighbour'), '1');
      await using neighbours = await store().watch(xenstorePath('/a-neighbour'));
      // This event is delivered after all earlier ones.
      for await (const path of neighbours) {
        expect(path).to.equal('/a-neighbour');
        break;
      }
      await nodes.write(below(a, 'inside'), '2');
    });
    expect((await changes.next()).value).to.equal('/a/inside');
    expect(await store().read(below(a, 'inside'))).to.equal('2');
  });

  it('ends when its loop is left, and does not affect others', async () => {
    await using other = await store().watch(a);
    for await (const path of await store().watch(a)) {
      expect(path).to.equal('/a');
      break;
    }
    await store().write(below(a, 'later'), '');
    const seen: string[] = [];
    for await (const path of other) if (seen.push(path) === 2) break;
    expect(seen).to.deep.equal(['/a', '/a/later']);
  });

  it('ends on its signal', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const waiting = store().waitFor(below(a, 'never'), (value) => value === '4', {
      signal: controller.signal,
    });
    await delay(20);
    controller.abort(reason);
    expect(await failure(waiting)).to.equal(reason);
    expect(await failure(store().watch(a, { signal: controller.signal }))).to.equal(reason);
  });

  it('reports a value that matches, and which', async () => {
    const state = below(a, 'state');
    await store().write(state, '1');
    const waiting = store().waitFor(state, (value) => Number(value) > 3);
    for (const value of ['2', '3', '5']) await store().write(state, value);
    expect(await waiting).to.equal('5');
    const gone = store().waitFor(state, (value) => value === undefined);
    await store().remove(a);
    expect(await gone).to.equal(undefined);
  });

  it('reports that domains are created and destroyed', async () => {
    await using came = await store().watch('@introduceDomain');
    await using went = await store().watch('@releaseDomain');
    const [coming, going] = [came[Symbol.asyncIterator](), went[Symbol.asyncIterator]()];
    await coming.next();
    await going.next();
    expect(await store().isIntroduced(domId(9))).to.equal(false);
    await using guest = await Guest.start(dom0(), 9);
    expect((await coming.next()).value).to.equal('@introduceDomain');
    expect(await store().isIntroduced(guest.domid)).to.equal(true);
    dom0().destroyDomain(9);
    expect((await going.next()).value).to.equal('@releaseDomain');
  });
});

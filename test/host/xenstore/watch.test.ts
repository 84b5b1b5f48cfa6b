import { expect } from 'chai';
import { setTimeout as delay } from 'node:timers/promises';
import { domId } from '../../../lib/realize/domid.js';
import { Xenstore } from '../../../lib/realize/xenstore/client.js';
import { below, xenstorePath } from '../../../lib/realize/xenstore/path.js';
import { readPermissions } from '../../../lib/realize/xenstore/permissions.js';
import { Guest } from '../guest.js';
import { failure, withStore } from './stores.js';

const a = xenstorePath('/a');

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

  describe('of the changes of others', () => {
    const [mine, end] = [below(a, 'mine'), below(a, 'end')];

    /** The paths that are reported from a start to the node `end`. */
    async function reported(changes: (other: Xenstore) => Promise<void>): Promise<readonly string[]> {
      await using other = await Xenstore.connect(dom0().socket);
      await using watch = await store().watch(a, { ofOthers: true });
      const seen: string[] = [];
      const reading = (async () => {
        for await (const path of watch) {
          if (path === end) break;
          seen.push(path);
        }
      })();
      await changes(other);
      await other.write(end, '');
      await reading;
      return seen;
    }

    it('does not report what a transaction of its connection has written or removed', async () => {
      await store().write(below(a, 'old'), '');
      const seen = await reported(() =>
        store().transaction(async (nodes) => {
          await nodes.write(mine, '1');
          await nodes.setPermissions(mine, readPermissions(['n0']));
          await nodes.remove(below(a, 'old'));
        }),
      );
      expect(seen).to.deep.equal(['/a']);
    });

    it('reports the same nodes when others change them, and when it changes them without a transaction', async () => {
      const seen = await reported(async (other) => {
        await store().transaction((nodes) => nodes.write(mine, '1'));
        await other.write(mine, '2');
        await store().write(below(a, 'plain'), '3');
      });
      expect(seen).to.deep.equal(['/a', '/a/mine', '/a/plain']);
    });

    it('reports a change that made the transaction fail', async () => {
      let attempts = 0;
      const seen = await reported((other) =>
        store().transaction(async (nodes) => {
          attempts += 1;
          if (attempts > 1) return;
          await nodes.read(mine);
          await other.write(mine, '2');
          await nodes.write(mine, '1');
        }),
      );
      expect(attempts).to.equal(2);
      expect(seen).to.deep.equal(['/a', '/a/mine']);
      expect(await store().read(mine)).to.equal('2');
    });
  });
});

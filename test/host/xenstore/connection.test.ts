import { expect } from 'chai';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { Xenstore, type ConnectOptions } from '../../../lib/realize/xenstore/client.js';
import { XenstoreError } from '../../../lib/realize/xenstore/error.js';
import { encodeFrame } from '../../../lib/realize/xenstore/frame.js';
import { xenstorePath } from '../../../lib/realize/xenstore/path.js';
import { encodeTexts } from '../../../lib/realize/xenstore/payload.js';
import { socketPath } from '../../../lib/realize/xenstore/socket.js';
import { Dom0, type StoreDaemon } from '../dom0.js';
import { findPrograms } from '../programs.js';
import { failure } from './stores.js';

const a = xenstorePath('/a');

describe('a connection to xenstore', function () {
  const programs = findPrograms();
  before(function () {
    if (!programs) this.skip();
  });
  if (!programs) {
    it('fails with a clear error when the daemon exits');
    return;
  }

  for (const name of ['xenstored', 'oxenstored'] as const satisfies readonly StoreDaemon[]) {
    it(`fails every request and watch when ${name} is killed, and all later ones`, async () => {
      await using dom0 = await Dom0.start(programs, name);
      const daemon = dom0.store;
      await using store = await Xenstore.connect(dom0.socket);
      const watch = await store.watch(a);
      const changes = watch[Symbol.asyncIterator]();
      await changes.next();
      // It cannot answer, so that this request is pending when it is killed.
      daemon.freeze();
      const watching = failure(changes.next());
      const requests = Array.from({ length: 100 }, (_, i) => failure(store.write(a, String(i))));
      await daemon.stop('SIGKILL');
      for (const error of await Promise.all(requests)) {
        expect(error).to.be.instanceOf(XenstoreError).and.include({ operation: 'WRITE', path: '/a' });
        expect(error).to.have.property('code', 'ECONNRESET');
      }
      expect(await watching).to.have.property('code', 'ECONNRESET');
      expect(await failure(store.read(a))).to.include({ code: 'ECONNRESET', operation: 'READ' });
      expect(await failure(store.watch(a))).to.include({ code: 'ECONNRESET', operation: 'WATCH' });
      expect(await failure(store.transaction(() => Promise.resolve()))).to.have.property(
        'code',
        'ECONNRESET',
      );
      expect(await failure(Xenstore.connect(dom0.socket))).to.have.property('code', 'ECONNREFUSED');

      await dom0.startStore(name);
      await using again = await Xenstore.connect(dom0.socket);
      expect(await again.read(a)).to.equal(undefined);
    });
  }

  it('fails if the daemon does not answer in time', async () => {
    await using dom0 = await Dom0.start(programs);
    await using store = await Xenstore.connect(dom0.socket, { timeoutMs: 50 });
    await store.write(a, 'in time');
    dom0.store.freeze();
    const error = await failure(store.read(a));
    expect(error).to.include({ code: 'ETIMEDOUT', operation: 'READ', path: '/a' });
    expect(await failure(store.read(a))).to.have.property('code', 'ETIMEDOUT');
  });

  it('fails pending requests when it is closed on this side', async () => {
    await using dom0 = await Dom0.start(programs);
    const store = await Xenstore.connect(dom0.socket);
    const read = failure(store.read(a));
    store.close();
    expect(await read).to.include({ code: 'ECONNRESET', operation: 'READ' });
  });

  for (const name of ['xenstored', 'oxenstored'] as const) {
    it(`waits for its turn if many clients connect to ${name} at once`, async () => {
      await using dom0 = await Dom0.start(programs, name);
      const stores = await Promise.all(Array.from({ length: 50 }, () => Xenstore.connect(dom0.socket)));
      await Promise.all(stores.map((store, i) => store.write(xenstorePath(`/from-${i}`), '')));
      for (const store of stores) store.close();
    });
  }

  it('times out if the daemon does not accept it, or stops on its signal', async () => {
    await using dom0 = await Dom0.start(programs, 'oxenstored');
    dom0.store.freeze();
    const connect = (options: ConnectOptions): Promise<unknown> =>
      failure(Promise.all(Array.from({ length: 5 }, () => Xenstore.connect(dom0.socket, options))));
    expect(await connect({ timeoutMs: 50 })).to.have.property('code', 'ETIMEDOUT');
    const reason = new Error('enough');
    const controller = new AbortController();
    setTimeout(() => {
      controller.abort(reason);
    }, 20);
    expect(await connect({ signal: controller.signal })).to.equal(reason);
  });

  it('is refused if no daemon listens', async () => {
    const error = await failure(Xenstore.connect('/nonexistent/socket'));
    expect(error).to.have.property('code', 'ECONNREFUSED');
    expect(error).to.have.property('message').that.includes('/nonexistent/socket');
  });

  it('is not attempted if its signal was aborted before', async () => {
    const reason = new Error('enough');
    const error = await failure(
      Xenstore.connect('/nonexistent/socket', { signal: AbortSignal.abort(reason) }),
    );
    expect(error).to.equal(reason);
  });

  describe('to a daemon that violates the protocol', () => {
    const answers: Record<string, Uint8Array> = {
      'answers to no request': encodeFrame({
        type: 2,
        requestId: 77,
        transactionId: 0,
        payload: encodeTexts('x'),
      }),
      'answers with another operation': encodeFrame({
        type: 11,
        requestId: 1,
        transactionId: 0,
        payload: encodeTexts('OK'),
      }),
      'sends what is no message': new Uint8Array(16).fill(0xff),
      'sends an event without a token': encodeFrame({
        type: 15,
        requestId: 0,
        transactionId: 0,
        payload: encodeTexts('/a'),
      }),
    };
    for (const [what, answer] of Object.entries(answers)) {
      it(`fails when it ${what}`, async () => {
        await using dom0 = await Dom0.start(programs);
        const path = join(dom0.directory, 'liar');
        const server = createServer((socket: Socket) => socket.once('data', () => socket.write(answer)));
        server.listen(path);
        await once(server, 'listening');
        await using store = await Xenstore.connect(path);
        expect(await failure(store.read(a))).to.include({ code: 'EPROTO', operation: 'READ', path: '/a' });
        server.close();
      });
    }
  });
});

describe("the daemon's socket", () => {
  it('is where libxenstore looks for it', () => {
    expect(socketPath({})).to.equal('/run/xenstored/socket');
    expect(socketPath({ XENSTORED_RUNDIR: '/r' })).to.equal('/r/socket');
    expect(socketPath({ XENSTORED_RUNDIR: '/r', XENSTORED_PATH: '/p' })).to.equal('/p');
  });
});

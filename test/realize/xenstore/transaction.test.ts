import { expect } from 'chai';
import { Duplex } from 'node:stream';
import { Xenstore } from '../../../lib/realize/xenstore/client.js';
import { encodeFrame, FrameParser } from '../../../lib/realize/xenstore/frame.js';
import { xenstorePath } from '../../../lib/realize/xenstore/path.js';
import { encodeTexts } from '../../../lib/realize/xenstore/payload.js';
import { messages, operations } from '../../../lib/realize/xenstore/protocol.js';

/** A daemon that answers some requests with errors, in this order, and all others with OK. */
function daemonWith(operation: keyof typeof operations, errors: readonly string[]): Duplex {
  const parser = new FrameParser();
  const left = [...errors];
  return new Duplex({
    read: () => undefined,
    write(this: Duplex, chunk: Uint8Array, _encoding, done) {
      for (const { type, requestId, transactionId } of parser.push(chunk)) {
        const error = type === operations[operation] ? left.shift() : undefined;
        const text = error ?? (type === operations.TRANSACTION_START ? '1' : 'OK');
        const answer = { type: error === undefined ? type : messages.ERROR, requestId, transactionId };
        this.push(encodeFrame({ ...answer, payload: encodeTexts(text) }));
      }
      done();
    },
  });
}

describe('a transaction with a daemon that is out of memory', () => {
  const path = xenstorePath('/a');

  async function play(operation: keyof typeof operations): Promise<{ runs: number; error?: unknown }> {
    await using store = new Xenstore(daemonWith(operation, ['ENOMEM', 'ENOMEM']));
    let runs = 0;
    try {
      await store.transaction(async (nodes) => {
        runs += 1;
        await nodes.write(path, 'x');
      });
      return { runs };
    } catch (error) {
      return { runs, error };
    }
  }

  it('is repeated if the commit fails: in xenstored 4.20 this means a conflict', async () => {
    expect(await play('TRANSACTION_END')).to.deep.equal({ runs: 3 });
  });

  it('fails if an earlier request fails', async () => {
    const { runs, error } = await play('WRITE');
    expect(runs).to.equal(1);
    expect(error).to.include({ code: 'ENOMEM', operation: 'WRITE' });
  });
});

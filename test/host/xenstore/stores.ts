import { Xenstore } from '../../../lib/realize/xenstore/client.js';
import { xenstorePath } from '../../../lib/realize/xenstore/path.js';
import { Dom0, type StoreDaemon } from '../dom0.js';
import { findPrograms } from '../programs.js';

export interface StoreUnderTest {
  readonly daemon: StoreDaemon;
  readonly dom0: () => Dom0;
  /** Runs a test with a connection to a store without the node /a. */
  readonly store: () => Xenstore;
}

/** Describes something for both daemons, each in its own dom0. */
export function withStore(title: string, describeIt: (given: StoreUnderTest) => void): void {
  for (const daemon of ['xenstored', 'oxenstored'] as const) {
    describe(`${title} (${daemon})`, function () {
      const programs = findPrograms();
      let dom0: Dom0 | undefined;
      let store: Xenstore | undefined;
      before(async function () {
        if (programs) dom0 = await Dom0.start(programs, daemon);
        else this.skip();
      });
      beforeEach(async () => {
        store = await Xenstore.connect(running(dom0).socket);
        await store.remove(xenstorePath('/a'));
      });
      afterEach(() => store?.close());
      after(() => dom0?.[Symbol.asyncDispose]());
      describeIt({ daemon, dom0: () => running(dom0), store: () => running(store) });
    });
  }
}

/** The error of a promise. @throws if it is not rejected */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`it did not fail, but gave ${JSON.stringify(value)}`);
}

function running<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new Error('it does not run');
  return thing;
}

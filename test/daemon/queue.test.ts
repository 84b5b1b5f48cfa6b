import { expect } from 'chai';
import { Queue } from '../../lib/daemon/queue.js';

/** Work that ends when the test says so. */
class Work {
  readonly log: string[] = [];
  readonly #ends = new Map<string, () => void>();
  #started: () => void = () => undefined;

  readonly run = async (key: string): Promise<void> => {
    this.log.push(key);
    this.#started();
    await new Promise<void>((resolve) => this.#ends.set(key, resolve));
  };

  async started(count: number): Promise<void> {
    while (this.log.length < count) await new Promise<void>((resolve) => (this.#started = resolve));
  }

  end(key: string): void {
    this.#ends.get(key)?.();
  }
}

describe('the queue of domains', () => {
  it('runs a key once more if it was added while it ran, however often', async () => {
    const work = new Work();
    const queue = new Queue({ run: work.run, jobs: 2 });
    for (const key of ['a', 'a', 'a']) queue.add(key);
    expect(work.log).to.deep.equal(['a']);
    work.end('a');
    await work.started(2);
    expect(queue.length).to.equal(1);
    const closed = queue.close();
    work.end('a');
    await closed;
    expect(work.log).to.deep.equal(['a', 'a']);
  });

  it('runs at most the given number of keys at a time, in the order in which they were added', async () => {
    const work = new Work();
    const queue = new Queue({ run: work.run, jobs: 2 });
    for (const key of ['a', 'b', 'c', 'd']) queue.add(key);
    expect(work.log).to.deep.equal(['a', 'b']);
    work.end('b');
    await work.started(3);
    work.end('a');
    await work.started(4);
    expect(work.log).to.deep.equal(['a', 'b', 'c', 'd']);
    const closed = queue.close();
    for (const key of ['c', 'd']) work.end(key);
    await closed;
  });

  it('runs a delayed key at the earliest of its times, and none after it was closed', async () => {
    const work = new Work();
    const queue = new Queue({ run: work.run, jobs: 1 });
    queue.add('a', 1_000_000);
    queue.add('a', 1);
    queue.add('a', 2_000_000);
    await work.started(1);
    queue.add('b', 1);
    const closed = queue.close();
    work.end('a');
    await closed;
    queue.add('c');
    expect(work.log).to.deep.equal(['a']);
  });
});

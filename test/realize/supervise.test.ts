import { expect } from 'chai';
import { pauseMs, supervise, type SupervisionEvent, type Supervised } from '../../lib/realize/supervise.js';

/** A simulated environment, in which time passes only during a wait. */
class World {
  readonly stop = new AbortController();
  readonly log: string[] = [];
  readonly pauses: number[] = [];
  /** How long each process serves, in milliseconds; after the last one, supervision is stopped. */
  readonly lives: number[];
  /** The attaches that fail, counted from 0. */
  readonly failing: ReadonlySet<number>;
  isDetached = false;
  #now = 0;
  #attaches = 0;

  constructor({ lives, failing = [] }: { lives: number[]; failing?: readonly number[] }) {
    this.lives = lives;
    this.failing = new Set(failing);
  }

  run(changes: Partial<Supervised> = {}): Promise<string> {
    const given: Supervised = {
      attach: () => {
        const number = this.#attaches++;
        if (this.failing.has(number)) return Promise.reject(new Error(`attach ${number} failed`));
        this.log.push('attach');
        return Promise.resolve();
      },
      detach: (why) => {
        this.log.push(`detach ${why}`);
        return Promise.resolve();
      },
      unserved: (signal) => {
        const life = this.lives.shift();
        if (life === undefined) return this.#forever(signal);
        this.#now += life;
        return Promise.resolve('it died');
      },
      domainEnded: (signal) => this.#never(signal),
      isDetached: () => Promise.resolve(this.isDetached),
      delay: (milliseconds, signal) => {
        signal.throwIfAborted();
        this.pauses.push(milliseconds);
        this.#now += milliseconds;
        return Promise.resolve();
      },
      now: () => this.#now,
      tell: (event: SupervisionEvent) => {
        if ('reason' in event) this.log.push(`${event.event}: ${event.reason}`);
      },
      ...changes,
    };
    return supervise(given, this.stop.signal);
  }

  /** Serves until supervision is stopped, which happens immediately. */
  #forever(signal: AbortSignal): Promise<never> {
    setImmediate(() => this.stop.abort());
    return this.#never(signal);
  }

  #never(signal: AbortSignal): Promise<never> {
    return new Promise((_resolve, reject) => {
      signal.throwIfAborted();
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    });
  }
}

describe('supervision', () => {
  it('attaches again when the serving process has exited, and finally detaches', async () => {
    const world = new World({ lives: [100_000, 100_000] });
    expect(await world.run()).to.equal('stopped');
    expect(world.log).to.deep.equal([
      ...['attach', 'unserved: it died', 'attach', 'unserved: it died', 'attach', 'detach stopped'],
    ]);
    expect(world.pauses, 'no pause after a long service').to.deep.equal([0, 0]);
  });

  it('doubles the delay for what fails repeatedly, up to half a minute, and never gives up', async () => {
    const world = new World({ lives: Array.from({ length: 12 }, () => 10) });
    await world.run();
    expect(world.pauses).to.deep.equal([
      ...[0, 250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 30_000],
    ]);
  });

  it('resets the delay after a minute of service', async () => {
    const world = new World({ lives: [10, 10, 10, 60_000, 10] });
    await world.run();
    expect(world.pauses).to.deep.equal([0, 250, 500, 0, 250]);
  });

  it('retries if attaching fails, and reports the reason', async () => {
    const world = new World({ lives: [10], failing: [1, 2] });
    expect(await world.run()).to.equal('stopped');
    expect(world.log).to.deep.equal([
      ...['attach', 'unserved: it died', 'failed: attach 1 failed', 'failed: attach 2 failed'],
      ...['attach', 'detach stopped'],
    ]);
    expect(world.pauses).to.deep.equal([0, 250, 500]);
  });

  it('fails if the first attach fails, and does not detach', async () => {
    const world = new World({ lives: [], failing: [0] });
    const error: unknown = await world.run().catch((reason: unknown) => reason);
    expect(String(error)).to.contain('attach 0 failed');
    expect(world.log).to.deep.equal([]);
  });

  it('ends with the domain', async () => {
    const world = new World({ lives: [] });
    expect(await world.run({ domainEnded: () => Promise.resolve() })).to.equal('domain-ended');
    expect(world.log).to.deep.equal(['attach', 'detach domain-ended']);
  });

  it('ends when another process has detached, and does not restore the channels', async () => {
    const world = new World({ lives: [10] });
    world.isDetached = true;
    expect(await world.run()).to.equal('detached');
    expect(world.log).to.deep.equal(['attach']);
  });

  it('does not change the channels if the connection to xenstore is lost', async () => {
    const world = new World({ lives: [] });
    const lost = () => Promise.reject(new Error('lost'));
    const error: unknown = await world.run({ domainEnded: lost }).catch((reason: unknown) => reason);
    expect(String(error)).to.contain('lost');
    expect(world.log).to.deep.equal(['attach']);
  });

  it('waits for a running attach before it detaches', async () => {
    const world = new World({ lives: [10] });
    let attaches = 0;
    await world.run({
      attach: async () => {
        attaches += 1;
        if (attaches === 2) world.stop.abort();
        await new Promise((resolve) => setTimeout(resolve, 20));
        world.log.push('attached');
      },
    });
    expect(world.log).to.deep.equal(['attached', 'unserved: it died', 'attached', 'detach stopped']);
  });

  it('detaches immediately if it was stopped before it started', async () => {
    const world = new World({ lives: [] });
    world.stop.abort();
    expect(await world.run()).to.equal('stopped');
    expect(world.log).to.deep.equal(['attach', 'detach stopped']);
  });

  it('waits no longer than half a minute, however often it failed', () => {
    expect(pauseMs(10_000)).to.equal(30_000);
  });
});

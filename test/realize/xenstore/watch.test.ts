import { expect } from 'chai';
import { xenstorePath, type XenstorePath } from '../../../lib/realize/xenstore/path.js';
import { Watch } from '../../../lib/realize/xenstore/watch.js';

const target = xenstorePath('/a');
const child = (name: string | number): XenstorePath => xenstorePath(`/a/${name}`);

describe('a watch', () => {
  let stopped = 0;
  const newWatch = (): Watch<XenstorePath> => {
    stopped = 0;
    return new Watch(target, () => {
      stopped += 1;
      return Promise.resolve();
    });
  };
  const take = async (watch: Watch<XenstorePath>, count: number): Promise<string[]> => {
    const paths: string[] = [];
    for await (const path of watch) if (paths.push(path) === count) break;
    return paths;
  };

  it('reports changes in their order, each path once', async () => {
    const watch = newWatch();
    for (const name of ['x', 'y', 'x', 'z', 'x']) watch.fire(child(name));
    expect(await take(watch, 3)).to.deep.equal(['/a/x', '/a/y', '/a/z']);
  });

  it('reports a path again that changes after it was reported', async () => {
    const watch = newWatch();
    const paths: string[] = [];
    watch.fire(target);
    for await (const path of watch) {
      if (paths.push(path) === 3) break;
      watch.fire(path);
    }
    expect(paths).to.deep.equal(['/a', '/a', '/a']);
  });

  it('wakes a waiting reader', async () => {
    const watch = newWatch();
    const taken = take(watch, 1);
    await Promise.resolve();
    watch.fire(child('late'));
    expect(await taken).to.deep.equal(['/a/late']);
  });

  it('reports only its own path if there are too many changes', async () => {
    const watch = newWatch();
    for (let i = 0; i < 1001; i += 1) watch.fire(child(i));
    watch.fire(child('last'));
    expect(await take(watch, 2)).to.deep.equal(['/a', '/a/last']);
  });

  it('is stopped, once, when the loop is left', async () => {
    const watch = newWatch();
    watch.fire(target);
    await take(watch, 1);
    await watch.stop();
    expect(stopped).to.equal(1);
  });

  it('ends the loop when it is stopped elsewhere', async () => {
    const watch = newWatch();
    const taken = take(watch, 1);
    await watch.stop();
    expect(await taken).to.deep.equal([]);
  });

  it('throws the cause of its end in the loop', async () => {
    const watch = newWatch();
    const taken = take(watch, 1).catch((error: unknown) => error);
    watch.end({ error: 'gone' });
    expect(await taken).to.equal('gone');
  });
});

import { expect } from 'chai';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { lockEndpoint } from '../../lib/agent/node/lock.js';
import { failure } from '../realize/qmp/peer.js';

describe('the lock of an endpoint', () => {
  let folder: string;
  let path: string;
  let directory: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'v2x-lock-'));
    path = join(folder, 'agent');
    directory = join(folder, 'locks');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    server.unref();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const lock = (purpose: string, waitMs = 0) =>
    lockEndpoint({ kind: 'socket', path }, { purpose, waitMs, directory });

  /** A process that takes the lock, says so, and waits for its input to end. */
  function holder(purpose: string, source = "process.stdin.resume().on('end', () => process.exit());") {
    const script = join(folder, 'holder.mts');
    const module = new URL('../../lib/agent/node/lock.ts', import.meta.url).href;
    writeFileSync(
      script,
      `import { lockEndpoint } from ${JSON.stringify(module)};
       const options = { purpose: ${JSON.stringify(purpose)}, waitMs: 60_000, directory: ${JSON.stringify(directory)} };
       globalThis.lock = await lockEndpoint({ kind: 'socket', path: ${JSON.stringify(path)} }, options);
       process.stdout.write('held');
       ${source}`,
    );
    return [process.execPath, ['--import', 'tsx', script]] as const;
  }

  it('names the holder to others, and leaves nothing when it is released', async () => {
    const held = await lock('virt2xen agent exec');
    const error = await failure(lock('virt2xen agent ping'));
    expect(error).to.include({ failure: 'busy' });
    expect(String(error)).to.contain(`in use by process ${process.pid} (virt2xen agent exec)`);
    held[Symbol.dispose]();
    (await lock('virt2xen agent ping'))[Symbol.dispose]();
    await new Promise((resolve) => setImmediate(resolve));
    expect(readdirSync(directory)).to.deep.equal([]);
  });

  it('is given to the next when it is released', async () => {
    const held = await lock('first');
    const next = lock('second', 60_000);
    setTimeout(() => held[Symbol.dispose](), 50);
    (await next)[Symbol.dispose]();
  });

  it('is not held by a process that was killed', async () => {
    const child = spawn(...holder('killed'), { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    expect(String(await failure(lock('next')))).to.contain(`process ${child.pid} (killed)`);
    const next = lock('next', 60_000);
    child.kill('SIGKILL');
    (await next)[Symbol.dispose]();
  });

  it('is held by one of several processes at a time', async () => {
    const marker = join(folder, 'marker');
    const source = `
      import { openSync, closeSync, unlinkSync } from 'node:fs';
      for (let at = 0; at < 5; at += 1) {
        closeSync(openSync(${JSON.stringify(marker)}, 'wx'));
        await new Promise((resolve) => setTimeout(resolve, 5));
        unlinkSync(${JSON.stringify(marker)});
        lock[Symbol.dispose]();
        if (at < 4) globalThis.lock = await lockEndpoint({ kind: 'socket', path: ${JSON.stringify(path)} }, options);
      }`;
    const [program, args] = holder('one of several', source);
    await Promise.all(Array.from({ length: 4 }, () => promisify(execFile)(program, args)));
  });

  it('is not taken in a directory that others can write to', async () => {
    (await lock('x'))[Symbol.dispose]();
    chmodSync(directory, 0o777);
    expect(String(await failure(lock('x')))).to.contain('others can write to it');
  });

  it('reports an endpoint that does not exist', async () => {
    path = join(folder, 'missing');
    expect(await failure(lock('x'))).to.include({ failure: 'unreachable' });
  });
});

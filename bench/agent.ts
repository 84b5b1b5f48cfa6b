import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { on, once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readFile, writeFile, type AgentSession } from 'virt2xen/agent';
import { openSession } from 'virt2xen/agent/node';
import type { Result } from './measure.js';

const pings = 300;
const fileBytes = 8_000_000;
const spawns = 31;
const newline = 10;

/** With the real qemu-ga on a Unix socket, in a directory of its own; without one, nothing is measured. */
export async function measureAgent(): Promise<readonly Result[]> {
  if (!isInstalled('qemu-ga')) {
    process.stdout.write('there is no qemu-ga: the agent is not measured\n');
    return [];
  }
  const folder = mkdtempSync(join(tmpdir(), 'virt2xen-bench-'));
  const path = join(folder, 'agent');
  const daemon = spawn(
    'qemu-ga',
    ['-m', 'unix-listen', '-p', path, '-t', folder, '-f', join(folder, 'pid')],
    { stdio: 'ignore' },
  );
  try {
    while (!existsSync(path)) await delay(10);
    return [startUp(path, folder), ...(await pingTimes(path, folder)), ...(await transfers(path, folder))];
  } finally {
    const ended = once(daemon, 'exit');
    daemon.kill();
    await ended;
    rmSync(folder, { recursive: true });
  }
}

const isInstalled = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

/** By turns; the median of each. */
function startUp(path: string, folder: string): Result {
  const ping = ['dist/cli/main.cjs', 'agent', '--socket', path, '--runtime-dir', join(folder, 'run'), 'ping'];
  const cases = [['-e', '0'], ping];
  const times = cases.map((): number[] => []);
  for (let at = 0; at < spawns; at += 1) {
    cases.forEach((args, which) => {
      const start = performance.now();
      const { status } = spawnSync(process.execPath, args);
      times[which]?.push(performance.now() - start);
      if (status !== 0) throw new Error(`${args.join(' ')} ended with status ${status}`);
    });
  }
  const [node = 1, command = 0] = times.map((list) => list.toSorted((a, b) => a - b)[spawns >> 1] ?? 0);
  return {
    name: 'virt2xen agent ping, as a process, against node -e 0',
    measured: `${command.toFixed(0)} ms / ${node.toFixed(0)} ms`,
    ratio: command / node,
    bound: 1.3,
  };
}

/** One ping after the other, each way. */
async function pingTimes(path: string, folder: string): Promise<readonly Result[]> {
  const options = { purpose: 'bench', directory: join(folder, 'locks') };
  const endpoint = { kind: 'socket', path } as const;
  const session = await openSession(endpoint, options);
  const inSession = await secondsOf(async () => {
    for (let at = 0; at < pings; at += 1) await session.session.ping();
  });
  await session[Symbol.asyncDispose]();
  const connecting = await secondsOf(async () => {
    for (let at = 0; at < pings; at += 1) {
      await using open = await openSession(endpoint, options);
      await open.session.ping();
    }
  });
  const rate = (seconds: number): string => `${Math.round(pings / seconds)}/s`;
  const results: Result[] = [
    {
      name: 'pings in one session, against a session per ping',
      measured: `${rate(inSession)} / ${rate(connecting)}`,
      ratio: inSession / connecting,
      bound: 1,
    },
  ];
  if (isInstalled('socat')) {
    const socat = spawn('socat', ['-', `UNIX-CONNECT:${path}`], { stdio: ['pipe', 'pipe', 'ignore'] });
    const throughSocat = await secondsOf(() => pingThrough(socat));
    socat.kill();
    results.push({
      name: 'pings in one session, against those through socat',
      measured: `${rate(inSession)} / ${rate(throughSocat)}`,
      ratio: inSession / throughSocat,
    });
  }
  return results;
}

async function pingThrough({ stdin, stdout }: ChildProcess): Promise<void> {
  for (let at = 0; at < pings; at += 1) {
    stdin?.write('{"execute":"guest-ping"}\n');
    if (stdout) await once(stdout, 'data');
  }
}

/**
 * A file each way, against the same bytes through a Unix socket, and against the agent itself: the same requests in a
 * loop that prepares them before, and counts the replies without reading them. The best of several turns.
 */
async function transfers(path: string, folder: string): Promise<readonly Result[]> {
  const bytes = new Uint8Array(fileBytes).fill(65);
  const guestFile = join(folder, 'file');
  writeFileSync(guestFile, bytes);
  const endpoint = { kind: 'socket', path } as const;
  const options = { purpose: 'bench', directory: join(folder, 'locks') };
  const inSession = async (work: (session: AgentSession) => Promise<unknown>): Promise<number> => {
    await using open = await openSession(endpoint, options);
    return await secondsOf(() => work(open.session));
  };
  const ways = {
    raw: () => secondsOf(() => throughSocket(join(folder, 'raw'), bytes)),
    get: () =>
      inSession(async (session) => {
        let count = 0;
        for await (const piece of readFile(session, guestFile)) count += piece.length;
        if (count !== fileBytes) throw new Error(`${count} bytes were read`);
      }),
    bareGet: () => bareRequests(path, guestFile, 'r'),
    put: () => inSession((session) => writeFile(session, guestFile, [bytes])),
    barePut: () => bareRequests(path, join(folder, 'written'), 'w'),
  };
  const best = { raw: Infinity, get: Infinity, bareGet: Infinity, put: Infinity, barePut: Infinity };
  for (let turn = 0; turn < 5; turn += 1) {
    for (const way of Object.keys(ways) as (keyof typeof ways)[]) {
      best[way] = Math.min(best[way], await ways[way]());
    }
  }
  const rate = (seconds: number): string => `${(fileBytes / 1e6 / seconds).toFixed(0)} MB/s`;
  const result = (way: 'get' | 'put', against: keyof typeof ways, what: string): Result => ({
    name: `${way} of 8 MB, against ${what}`,
    measured: `${rate(best[way])} / ${rate(best[against])}`,
    ratio: best[way] / best[against],
  });
  return [
    result('get', 'raw', 'a bare socket'),
    result('get', 'bareGet', 'the same requests in a bare loop'),
    result('put', 'raw', 'a bare socket'),
    result('put', 'barePut', 'the same requests in a bare loop'),
  ];
}

/** Requests as those of readFile and writeFile. @returns seconds, without opening and closing the file */
async function bareRequests(path: string, file: string, mode: 'r' | 'w'): Promise<number> {
  const client = createConnection(path);
  await once(client, 'connect');
  const ask = async (execute: string, args: object): Promise<unknown> => {
    client.write(`${JSON.stringify({ execute, arguments: args })}\n`);
    const [answer] = (await once(client, 'data')) as [Buffer];
    return (JSON.parse(answer.toString()) as { readonly return: unknown }).return;
  };
  const handle = await ask('guest-file-open', { path: file, mode });
  const [pieceBytes, ahead] = mode === 'r' ? [12 * 1024, 4] : [48 * 1024, 1];
  const piece = Buffer.alloc(pieceBytes, 65).toString('base64');
  const [execute, args] =
    mode === 'r'
      ? ['guest-file-read', { handle, count: pieceBytes }]
      : ['guest-file-write', { handle, 'buf-b64': piece }];
  const request = Buffer.from(`${JSON.stringify({ execute, arguments: args })}\n`);
  const count = Math.ceil(fileBytes / pieceBytes);
  const seconds = await secondsOf(async () => {
    let [sent, answered] = [0, 0];
    const send = (): void => {
      for (; sent < count && sent - answered < ahead; sent += 1) client.write(request);
    };
    send();
    for await (const [chunk] of on(client, 'data') as AsyncIterable<[Buffer]>) {
      for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, at + 1)) answered += 1;
      if (answered === count) break;
      send();
    }
  });
  await ask('guest-file-close', { handle });
  client.end();
  await once(client, 'close');
  return seconds;
}

async function throughSocket(path: string, bytes: Uint8Array): Promise<void> {
  let count = 0;
  const server = createServer((socket) => socket.on('data', (chunk) => (count += chunk.length)));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const client = createConnection(path);
  client.end(bytes);
  await once(client, 'close');
  server.close();
  if (count !== bytes.length) throw new Error(`${count} bytes arrived`);
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

import type { Dom0 } from './dom0/dom0.js';

/**
 * The rates of file transfers through an agent, in kB/s, without the start of a process: by virt2xen's library, and by
 * the same requests in a bare loop, which prepares them before and counts the replies without reading them. The latter is
 * what the channel and qemu-ga can do together.
 */
export interface AgentRates {
  readonly get: number;
  readonly bareGet: number;
  readonly put: number;
  readonly barePut: number;
}

/** Its arguments: the socket, a file in the guest, and its length. */
const script = `
import { createConnection } from 'node:net';
import { on, once } from 'node:events';
import { readFile, writeFile } from '/opt/virt2xen/package/dist/lib/agent/index.js';
import { openSession } from '/opt/virt2xen/package/dist/lib/agent/node/index.js';
const [path, file, size] = process.argv.slice(2);
const total = Number(size);
const rate = (bytes, start) => Math.round(bytes / (performance.now() - start));

async function inSession(work) {
  const open = await openSession({ kind: 'socket', path }, { purpose: 'lab', timeoutMs: 120_000 });
  const start = performance.now();
  await work(open.session);
  const measured = rate(total, start);
  await open[Symbol.asyncDispose]();
  return measured;
}

async function bare(mode, pieceBytes, ahead) {
  const client = createConnection(path);
  await once(client, 'connect');
  const ask = async (execute, args) => {
    client.write(JSON.stringify({ execute, arguments: args }) + '\\n');
    let text = '';
    while (!text.endsWith('\\n')) text += (await once(client, 'data'))[0].toString('latin1');
    return JSON.parse(text.slice(text.lastIndexOf('\\xff') + 1)).return;
  };
  await ask('guest-sync-delimited', { id: 1 });
  const handle = await ask('guest-file-open', { path: mode === 'r' ? file : file + '.bare', mode });
  const data = Buffer.alloc(pieceBytes, 65).toString('base64');
  const [execute, args] =
    mode === 'r'
      ? ['guest-file-read', { handle, count: pieceBytes }]
      : ['guest-file-write', { handle, 'buf-b64': data }];
  const request = Buffer.from(JSON.stringify({ execute, arguments: args }) + '\\n');
  const count = Math.ceil(total / pieceBytes);
  const start = performance.now();
  let [sent, answered] = [0, 0];
  const send = () => {
    for (; sent < count && sent - answered < ahead; sent += 1) client.write(request);
  };
  send();
  for await (const [chunk] of on(client, 'data')) {
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) answered += 1;
    if (answered === count) break;
    send();
  }
  const measured = rate(count * pieceBytes, start);
  await ask('guest-file-close', { handle });
  client.end();
  await once(client, 'close');
  return measured;
}

const put = await inSession((session) => writeFile(session, file, [new Uint8Array(total)]));
const barePut = await bare('w', 48 * 1024, 1);
const get = await inSession(async (session) => {
  let count = 0;
  for await (const piece of readFile(session, file)) count += piece.length;
  if (count !== total) throw new Error(count + ' bytes were read');
});
const bareGet = await bare('r', 12 * 1024, 4);
console.log(JSON.stringify({ get, bareGet, put, barePut }));
`;

/** Measures in dom0, with a file of 2 MB. @param socket of the channel */
export async function agentRates(dom0: Dom0, socket: string): Promise<AgentRates> {
  await dom0.write('/run/lab/rates.mjs', script);
  const words = ['node', '/run/lab/rates.mjs', socket, '/run/rates', '2000000'];
  return JSON.parse(await dom0.run(words, { limitMs: 900_000 })) as AgentRates;
}

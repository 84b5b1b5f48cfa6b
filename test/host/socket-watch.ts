import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/** `nobody` of Debian. */
export const nobody = 65534;

/** Checks a path and hidden files beside it as often as possible, until its standard input is closed. */
const watcher = `
  const { lstatSync, readdirSync } = require('node:fs');
  const { basename, dirname, join } = require('node:path');
  const [path] = process.argv.slice(1);
  const seen = new Set();
  let looks = 0;
  let ended = false;
  process.stdin.on('end', () => { ended = true; }).resume();
  function look(name) {
    const status = lstatSync(join(dirname(path), name), { throwIfNoEntry: false });
    if (status) seen.add([name, (status.mode & 0o7777).toString(8), status.uid, status.gid].join(' '));
  }
  (function turn() {
    for (let i = 0; i < 50; i++) {
      look(basename(path));
      for (const name of readdirSync(dirname(path))) if (name.startsWith('.')) look(name);
    }
    looks += 50;
    if (!ended) return setImmediate(turn);
    process.stdout.write(JSON.stringify({ looks, seen: [...seen].sort() }));
  })();
  process.stdout.write('\\n');
`;

export interface Sightings {
  /** The number of checks. */
  readonly looks: number;
  /** The distinct `NAME MODE UID GID`. */
  readonly seen: readonly string[];
}

/** What another process sees of a path, and of hidden files beside it, during `work`. */
export async function watching(path: string, work: () => Promise<void>): Promise<Sightings> {
  const child = spawn(process.execPath, ['-e', watcher, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await once(child.stdout, 'data');
  try {
    await work();
  } finally {
    child.stdin.end();
    await once(child, 'close');
  }
  return JSON.parse(output) as Sightings;
}

/** Connects to a socket as another user. @returns `connected`, or the error's code */
export function connectAs(uid: number, gid: number, path: string): string {
  const script = `
    const socket = require('node:net').createConnection(process.argv[1]);
    socket.on('connect', () => { console.log('connected'); process.exit(); });
    socket.on('error', (error) => console.log(error.code));
  `;
  const { stdout } = spawnSync(process.execPath, ['-e', script, path], { uid, gid, encoding: 'utf8' });
  return stdout.trim();
}

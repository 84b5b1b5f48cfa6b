/*
 * The daemon with many domains: npm run bench:scale. The xenstored is the real one, without Xen; the backend starts no QEMU
 * (keys-only-backend.mjs), so that the time is that of the daemon and of xenstored. DOMAINS=N changes the number of domains,
 * IDLE=SECONDS how long it is idle. A run with the default values writes its section of docs/daemon-report.md.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Report } from '../lib/diagnostics/diagnostic.js';
import { eventsOf } from '../lib/daemon/varlink/monitor.js';
import { domId } from '../lib/realize/domid.js';
import { writeKeys } from '../lib/realize/host/consoles.js';
import { plan, type PlannedChannel } from '../lib/realize/plan.js';
import { servedByQemu } from '../lib/realize/served-by.js';
import { Xenstore } from '../lib/realize/xenstore/client.js';
import { xenstorePath } from '../lib/realize/xenstore/path.js';
import { Dom0 } from '../test/host/dom0.js';
import { introduce } from '../test/host/guest.js';
import { findPrograms } from '../test/host/programs.js';
import { asLibxlMakesIt, pty } from '../test/host/realize/scene.js';
import { treeNow } from '../test/lab/results.js';
import { markdownTable, writeSection } from '../test/report-section.js';

const domains = Number(process.env['DOMAINS'] ?? 1000);
const quietSeconds = 90;
const idleSeconds = Number(process.env['IDLE'] ?? 60);
const numbers = Array.from({ length: domains }, (_, index) => index + 1);
const uuidOf = (number: number): string => `00000000-0000-0000-0000-${String(number).padStart(12, '0')}`;
const channels = [pty('org.qemu.guest_agent.0'), pty('vdsm')];
/** What was measured, its value, and the target. */
const rows: (readonly [what: string, value: string, target: string])[] = [];
const say = (what: string, value: string, target = ''): void => {
  rows.push([what, value, target]);
  process.stdout.write(`${what}: ${value}${target && ` (target: ${target})`}\n`);
};

const found = findPrograms();
if (!found) throw new Error('there is no xenstored');
const programs = found;

/** Creates all domains, as fast as xenstored allows. */
async function createAll(dom0: Dom0, store: Xenstore): Promise<void> {
  for (const number of numbers) {
    dom0.createDomain(number);
    dom0.createPage(number, 1);
    await asLibxlMakesIt(store, domId(number), `guest${number}`, uuidOf(number));
    await introduce(dom0, domId(number));
  }
}

const secondsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};

/** The same keys for the same domains, from a loop that does nothing else. */
async function plainLoop(): Promise<{ readonly creation: number; readonly keys: number }> {
  await using dom0 = await Dom0.start(programs);
  await using store = await Xenstore.connect(dom0.socket);
  const creation = await secondsOf(() => createAll(dom0, store));
  const planned = numbers.map((number) => {
    const domain = { domid: domId(number), name: `guest${number}`, uuid: uuidOf(number) };
    const options = { servedBy: servedByQemu('qemu'), backendDomid: domId(0) };
    const made: readonly PlannedChannel[] = plan(channels, domain, options, new Report()).channels;
    return { domain, made };
  });
  const keys = await secondsOf(async () => {
    for (const { domain, made } of planned) await writeKeys(store, domain, made);
  });
  return { creation, keys };
}

/** Wake-ups of all threads of a process, and its memory in MB. */
function usageOf(pid: number): { readonly wakeUps: number; readonly megabytes: number } {
  const field = (path: string, name: string): number =>
    Number(new RegExp(`^${name}:\\s*([0-9]+)`, 'm').exec(readFileSync(path, 'utf8'))?.[1]);
  const tasks = readdirSync(`/proc/${pid}/task`);
  const wakeUps = tasks
    .map((task) => field(`/proc/${pid}/task/${task}/status`, 'voluntary_ctxt_switches'))
    .reduce((sum, count) => sum + count, 0);
  return { wakeUps, megabytes: field(`/proc/${pid}/status`, 'VmRSS') / 1024 };
}

const { creation, keys } = await plainLoop();
say('plain loop: domains created', `${creation.toFixed(1)} s`);
say('plain loop: keys of 2 channels of each written', `${keys.toFixed(1)} s`);

await using dom0 = await Dom0.start(programs);
await using store = await Xenstore.connect(dom0.socket);
const documents = join(dom0.directory, 'd');
mkdirSync(documents);
for (const number of numbers) {
  writeFileSync(
    join(documents, `guest${number}.cfg`),
    `name = "guest${number}"\nuuid = "${uuidOf(number)}"\ntype = "pv"\nkernel = "/k"\n` +
      `channel = [ ${channels.map(({ name }) => `"connection=pty,name=${name}"`).join(', ')} ]\n`,
  );
}
const control = join(dom0.directory, 'c');
const daemon = spawn(
  process.execPath,
  [
    ...['dist/cli/main.cjs', 'daemon', '--documents', documents, '--control', control],
    ...['--runtime-dir', join(dom0.directory, 'v'), '--backend', resolve('bench/keys-only-backend.mjs')],
  ],
  { env: { ...process.env, XENSTORED_PATH: dom0.socket }, stdio: ['ignore', 'ignore', 'ignore'] },
);
process.on('exit', () => daemon.kill('SIGKILL'));
const pid = daemon.pid ?? 0;

/** Counts the events of a kind until there are as many as expected. */
const stop = new AbortController();
const counts = new Map<string, number>();
let counted: () => void = () => undefined;
await (async () => {
  while (!readdirSync(dom0.directory).includes('c')) await delay(20);
})();
const following = (async () => {
  for await (const { event } of eventsOf(control, stop.signal)) {
    counts.set(event, (counts.get(event) ?? 0) + 1);
    counted();
  }
})().catch(() => undefined);
const reaches = async (event: string, count: number): Promise<void> => {
  while ((counts.get(event) ?? 0) < count) await new Promise<void>((resolve) => (counted = resolve));
};
await reaches('store-connected', 1).catch(() => undefined);

const attached = await secondsOf(async () => {
  await createAll(dom0, store);
  await reaches('channel-added', 2 * domains);
});
say('daemon: domains created at once, all keys written', `${attached.toFixed(1)} s`);
say('the same, of the time of both loops', (attached / (creation + keys)).toFixed(2), '1.20');

// V8 collects its garbage when nothing happens: it looks every 8 s, and is done after three times at most.
await delay(quietSeconds * 1000);
const before = usageOf(pid);
await delay(idleSeconds * 1000);
const after = usageOf(pid);
say(
  `wake-ups in ${idleSeconds} s, after ${quietSeconds} s without a change`,
  String(after.wakeUps - before.wakeUps),
  '0',
);
say('memory', `${after.megabytes.toFixed(0)} MB`, '120 MB');

const cleaned = await secondsOf(async () => {
  for (const number of numbers) {
    for (const path of [
      `/local/domain/0/backend/console/${number}`,
      `/libxl/${number}`,
      `/local/domain/${number}`,
    ]) {
      await store.remove(xenstorePath(path));
    }
    dom0.destroyDomain(number);
  }
  await reaches('domain-ended', domains);
});
const left = readdirSync(join(dom0.directory, 'v')).length;
say('domains destroyed at once, all cleaned up', `${cleaned.toFixed(1)} s`);
say('directories left', String(left), '0');
stop.abort();
await following;
daemon.kill();

if (!process.env['DOMAINS'] && !process.env['IDLE']) {
  const text = `\
Written by \`npm run bench:scale\`, commit ${treeNow()}: ${domains} domains.

${markdownTable(['Measured', 'Value', 'Target'], rows)}`;
  await writeSection('docs/daemon-report.md', '## Scale', text);
}

import { expect } from 'chai';
import type { Dom0 } from './dom0/dom0.js';
import { agentRates } from './agent-rates.js';
import { isGate, type Scene } from './scenario.js';

/** The commands that change nothing in a guest, and that the agent of every guest has. */
const questions = [
  'ping',
  'info',
  'osinfo',
  'hostname',
  'users',
  'network',
  'fs info',
  'fs status',
  'time get',
] as const;

const megabytes = isGate ? 1 : 10;

interface Way {
  /** The channel's socket in dom0. */
  readonly socket: string;
  /** What the agent's channel is, for the report. */
  readonly over: string;
  /** The rates of the channel itself, in kB/s. */
  readonly raw?: { readonly fromGuest: number; readonly toGuest: number };
}

/** Runs `virt2xen agent` in dom0, which must succeed. @returns its standard output */
async function run(dom0: Dom0, target: readonly string[], words: readonly string[]): Promise<string> {
  const said = await dom0.attempt(['virt2xen', 'agent', ...target, ...words], { limitMs: 900_000 });
  expect(said.status, `${words.join(' ')}: ${said.stderr}`).to.equal(0);
  return said.stdout;
}

/**
 * Runs the commands that leave a guest as it is: each question, a program, and the kernel's log.
 * @param target the arguments that name the agent
 */
export async function askAgent(dom0: Dom0, target: readonly string[]): Promise<void> {
  const agent = (...words: readonly string[]): Promise<string> => run(dom0, target, words);
  await agent('wait');
  for (const words of questions) JSON.parse(await agent(...words.split(' '), '--json'));
  expect(await agent('exec', '--', 'uname', '-s')).to.equal('Linux\n');
  expect(await agent('dmesg')).to.contain('Linux version');
}

/** Copies a file in both directions through the agent, which is measured. */
export async function copyFiles(
  { dom0, measure }: Scene,
  target: readonly string[],
  { socket, over, raw }: Way,
): Promise<void> {
  await dom0.run(`head -c ${megabytes * 1_000_000} /dev/urandom >/run/lab/data`);
  const start = Date.now();
  await run(dom0, target, ['put', '/run/lab/data', '/run/data']);
  const middle = Date.now();
  await run(dom0, target, ['get', '/run/data', '/run/lab/back']);
  const end = Date.now();
  await dom0.run('cmp /run/lab/data /run/lab/back');
  const rate = (ms: number): string => `${Math.round((megabytes * 1_000_000) / ms)} kB/s`;
  measure(`put of ${megabytes} MB over a ${over}`, rate(middle - start));
  measure(`get of ${megabytes} MB over a ${over}`, rate(end - middle));
  if (isGate) return;
  const { get, bareGet, put, barePut } = await agentRates(dom0, socket);
  measure(`get in a session over a ${over}`, `${get} kB/s, ${bareGet} kB/s in a bare loop`);
  measure(`put in a session over a ${over}`, `${put} kB/s, ${barePut} kB/s in a bare loop`);
  if (!raw) return;
  for (const [what, rate, channel] of [
    ['get', get, raw.fromGuest],
    ['put', put, raw.toGuest],
  ] as const)
    measure(
      `${what} over a ${over}, in base64, of the raw channel`,
      `${Math.round(((rate * 4) / 3 / channel) * 100)} % of ${Math.round(channel)} kB/s`,
    );
}
